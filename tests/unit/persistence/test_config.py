"""The persistence service's configuration."""

from datetime import timedelta

import pytest

from services.chassis.config import ConfigError, load
from services.persistence.config import PersistenceConfig
from services.persistence.retention import Kept

NEEDED = {"SERVICE_CREDENTIAL": "c", "LISTEN_INTERNAL": "127.0.0.1:0"}


@pytest.mark.parametrize("url", ["postgresql+asyncpg://u:p@db/maratang", "postgresql://u:p@db/maratang"])
def test_a_database_is_named_by_its_url(url: str):
    assert load(PersistenceConfig, {**NEEDED, "DATABASE_URL": url}).database_url.reveal() == url


@pytest.mark.parametrize("url", ["mysql://u:hush@db/maratang", "hush", "postgresql+psycopg://u:hush@db/maratang"])
def test_what_is_no_url_of_postgresql_is_a_fault_that_repeats_no_secret(url: str):
    with pytest.raises(ConfigError, match="DATABASE_URL") as caught:
        load(PersistenceConfig, {**NEEDED, "DATABASE_URL": url})
    assert "hush" not in str(caught.value)


def test_what_is_kept_is_said_in_days_and_zero_is_for_ever():
    days = {"RETENTION_TEXTS_DAYS": "14", "RETENTION_GUESTS_DAYS": "0", "RETENTION_AUDIT_DAYS": "400"}
    config = load(PersistenceConfig, {**NEEDED, "DATABASE_URL": "postgresql://u:p@db/maratang", **days})

    assert config.kept == Kept(texts=timedelta(days=14), guests=None, audit=timedelta(days=400), model_calls=timedelta(days=90))


def test_days_that_are_negative_are_a_fault():
    days = {"RETENTION_TEXTS_DAYS": "-1", "RETENTION_AUDIT_DAYS": "-2"}
    with pytest.raises(ConfigError) as caught:
        load(PersistenceConfig, {**NEEDED, "DATABASE_URL": "postgresql://u:p@db/maratang", **days})
    assert caught.value.faults == ["RETENTION_TEXTS_DAYS: is negative", "RETENTION_AUDIT_DAYS: is negative"]
