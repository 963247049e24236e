"""Passwords: what is kept of them, and how many are checked at a time."""

import asyncio

import pytest

from services.chassis import errors
from services.game.logins import spelt
from services.game.passwords import passwords

pytestmark = pytest.mark.anyio


async def test_a_password_fits_its_own_hash_and_no_other():
    async with passwords() as some:
        kept = await some.hashed("correct horse")
        assert kept.startswith("$argon2id$")
        assert "correct horse" not in kept
        assert kept != await some.hashed("correct horse"), "each has a salt of its own"
        assert await some.fits("correct horse", kept)
        assert not await some.fits("correct horsf", kept)
        assert not await some.fits("correct horse", None)
        assert not await some.fits("nobody has this password", None)
        assert not await some.fits("correct horse", "no hash at all")


async def test_who_comes_when_too_many_wait_is_told_to_come_again():
    async with passwords() as some:
        done = await asyncio.gather(*(some.hashed("a password") for _ in range(40)), return_exceptions=True)
    refused = [one for one in done if isinstance(one, errors.Exhausted)]
    assert len(refused) == 8
    assert all(one.reason == "SIGN_IN_LIMITED" and one.retry_after is not None for one in refused)
    assert sum(isinstance(one, str) for one in done) == 32


@pytest.mark.parametrize(("login", "one"), [("Mina", "mina"), ("ＭＩＮＡ", "mina"), ("Straße", "strasse"), ("미나", "미나")])
def test_a_login_has_one_spelling(login: str, one: str):
    assert spelt(login) == one
