"""`make bench`."""

import asyncio

from tests.bench.turns import main

asyncio.run(main())
