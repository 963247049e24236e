"""Passwords as PostgreSQL keeps them, made here so that no statement, and no log of statements, ever holds one."""

import base64
import hashlib
import hmac
import secrets

from services.chassis.config import Secret

_ITERATIONS = 4096
_SALT_BYTES = 16


def password_fault(password: Secret | None) -> str:
    """What is wrong with a password; empty: nothing. PostgreSQL prepares passwords (SASLprep); ASCII is left by that as it is."""
    if password is None or (password.reveal().isascii() and password.reveal().isprintable()):
        return ""
    return "holds a character that is not printable ASCII"


def verifier(password: Secret) -> str:
    """The SCRAM-SHA-256 verifier of a password without fault, with a salt of its own (RFC 5803, as in pg_authid)."""
    salt = secrets.token_bytes(_SALT_BYTES)
    salted = hashlib.pbkdf2_hmac("sha256", password.reveal().encode(), salt, _ITERATIONS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    stored, server = hashlib.sha256(client).digest(), hmac.digest(salted, b"Server Key", "sha256")
    encoded = (base64.b64encode(one).decode() for one in (salt, stored, server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(_ITERATIONS, *encoded)
