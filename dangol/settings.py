"""The environment, read once, as frozen values. A wrong value stops the start and says why."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, cast

from storage.drivers import dialect_of
from storage.vault import KEY_BYTES

KAKAO_BOT_API = "https://bot-api.kakao.com"
SOLAPI_API = "https://api.solapi.com"
EMPTY_ANSWERS = ("empty", "neutral")
LEASE_DEFAULT = timedelta(seconds=30)
LEASE_SECONDS = range(2, 601)
WORKERS = range(1, 101)


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and says what it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solapi:
    """The account at SOLAPI; without one no brand messages leave."""

    api_key: str
    api_secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    sender_number: str | None = None
    base_url: str = SOLAPI_API


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    database_url: str
    data_key: bytes = field(repr=False)
    public_url: str
    host: str = "127.0.0.1"
    port: int = 8080
    kakao_url: str = KAKAO_BOT_API
    callback_host: str = "bot-api.kakao.com"
    chat_link: str = "https://pf.kakao.com"
    empty_answer: Literal["empty", "neutral"] = "empty"
    lease: timedelta = LEASE_DEFAULT
    workers: int = 1
    solapi: Solapi | None = None


def database_url(environment: Mapping[str, str]) -> str:
    """Raises SettingsError."""
    url = environment.get("DANGOL_DATABASE_URL", "sqlite:///dangol.db")
    try:
        dialect_of(url)
    except Exception as error:
        raise SettingsError(
            "DANGOL_DATABASE_URL: sqlite:///file.db or postgresql+psycopg://user@host/name"
        ) from error
    return url


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Everything `serve` and `work` need. Raises SettingsError, naming the variable."""
    return Settings(
        database_url=database_url(environment),
        data_key=data_key(environment),
        public_url=_needed(environment, "DANGOL_PUBLIC_URL", "https://shop.example").rstrip("/"),
        host=environment.get("DANGOL_HOST", "127.0.0.1"),
        port=_port(environment.get("DANGOL_PORT", "8080")),
        empty_answer=_empty_answer(environment.get("DANGOL_EMPTY_ANSWER", "empty")),
        lease=_lease(environment.get("DANGOL_LEASE_SECONDS")),
        workers=_workers(environment.get("DANGOL_WORKERS", "1")),
        solapi=_solapi(environment),
    )


def data_key(environment: Mapping[str, str]) -> bytes:
    """The key that seals personal data. Raises SettingsError with a command that makes one."""
    text = environment.get("DANGOL_DATA_KEY", "")
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(
            "DANGOL_DATA_KEY: 32 random bytes in base64; make one with: openssl rand -base64 32"
        )
    return key


def _needed(environment: Mapping[str, str], name: str, example: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise SettingsError(f"{name} is missing; for example {name}={example}")
    return value


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) <= 65_535:  # noqa: PLR2004 - the largest port
        raise SettingsError("DANGOL_PORT: a number from 1 to 65535")
    return int(text)


def _lease(text: str | None) -> timedelta:
    if text is None:
        return LEASE_DEFAULT
    if not text.isdigit() or int(text) not in LEASE_SECONDS:
        raise SettingsError("DANGOL_LEASE_SECONDS: a number from 2 to 600")
    return timedelta(seconds=int(text))


def _workers(text: str) -> int:
    if not text.isdigit() or int(text) not in WORKERS:
        raise SettingsError("DANGOL_WORKERS: a number from 1 to 100")
    return int(text)


def _empty_answer(text: str) -> Literal["empty", "neutral"]:
    if text not in EMPTY_ANSWERS:
        raise SettingsError("DANGOL_EMPTY_ANSWER: empty or neutral")
    return cast("Literal['empty', 'neutral']", text)


def _solapi(environment: Mapping[str, str]) -> Solapi | None:
    if "DANGOL_SOLAPI_API_KEY" not in environment:
        return None
    return Solapi(
        api_key=_needed(environment, "DANGOL_SOLAPI_API_KEY", "NCS…"),
        api_secret=_needed(environment, "DANGOL_SOLAPI_API_SECRET", "…"),
        webhook_secret=_needed(environment, "DANGOL_SOLAPI_WEBHOOK_SECRET", "…"),
        sender_number=environment.get("DANGOL_SOLAPI_SENDER_NUMBER"),
    )
