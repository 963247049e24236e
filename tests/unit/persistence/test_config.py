"""The persistence service's configuration."""

import pytest

from services.chassis.config import ConfigError, load
from services.persistence.config import PersistenceConfig

NEEDED = {"SERVICE_CREDENTIAL": "c", "LISTEN_INTERNAL": "127.0.0.1:0"}


@pytest.mark.parametrize("url", ["postgresql+asyncpg://u:p@db/maratang", "postgresql://u:p@db/maratang"])
def test_a_database_is_named_by_its_url(url: str):
    assert load(PersistenceConfig, {**NEEDED, "DATABASE_URL": url}).database_url.reveal() == url


@pytest.mark.parametrize("url", ["mysql://u:hush@db/maratang", "hush", "postgresql+psycopg://u:hush@db/maratang"])
def test_what_is_no_url_of_postgresql_is_a_fault_that_repeats_no_secret(url: str):
    with pytest.raises(ConfigError, match="DATABASE_URL") as caught:
        load(PersistenceConfig, {**NEEDED, "DATABASE_URL": url})
    assert "hush" not in str(caught.value)
