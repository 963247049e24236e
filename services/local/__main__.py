"""`python -m services.local` is the `maratang` command."""

from services.local.cli import main

if __name__ == "__main__":
    main()
