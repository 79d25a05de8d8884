"""The one-time signature of a request to SOLAPI (providers.md A2)."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

SALT_BYTES = 16
"""32 hexadecimal characters; 12 to 64 are allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    key: str
    secret: str = field(repr=False)


def new_salt() -> str:
    return secrets.token_hex(SALT_BYTES)


def authorization(api: ApiKey, at: datetime, salt: str) -> str:
    """The header of one attempt: a signature is taken once within 15 minutes."""
    date = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    signed = sign(api.secret, date, salt)
    return f"HMAC-SHA256 apiKey={api.key}, date={date}, salt={salt}, signature={signed}"


def sign(secret: str, date: str, salt: str) -> str:
    return hmac.new(secret.encode(), (date + salt).encode(), hashlib.sha256).hexdigest()
