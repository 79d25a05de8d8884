"""The environment, read once, as frozen values. A wrong value stops the start and says why."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, NamedTuple, cast

from console.keys import KakaoLogin
from storage.drivers import dialect_of
from storage.vault import KEY_BYTES

KAKAO_BOT_API = "https://bot-api.kakao.com"
SOLAPI_API = "https://api.solapi.com"
KAKAO_ACCOUNTS = "https://kauth.kakao.com"
NHN_API = "https://kakaotalk-bizmessage.api.nhncloudservice.com"
SAFE_ADDRESSES = ("https://", "http://127.0.0.1:", "http://localhost:")
EMPTY_ANSWERS = ("empty", "neutral")
LEASE_DEFAULT = timedelta(seconds=30)
LEASE_SECONDS = range(2, 601)
WORKERS = range(1, 101)
CERTIFICATE_MAX = 40


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and says what it should be."""


class Certificate(NamedTuple):
    """That SOLAPI may carry others' advertising as text messages (전송자격인증, L18): its number, and
    the last day (KST) on which it holds.
    """

    number: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Solapi:
    """The account at SOLAPI; without one nothing leaves through it. Text messages leave from a
    registered `sender_number` alone, and advertise only under a certificate.
    """

    api_key: str
    api_secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    sender_number: str | None = None
    certificate: Certificate | None = None
    base_url: str = SOLAPI_API


@dataclass(frozen=True, slots=True, kw_only=True)
class Nhn:
    """The account at NHN Cloud; without one nothing leaves through it. The signature is that of
    the webhooks of both its message services.
    """

    appkey: str
    secret_key: str = field(repr=False)
    webhook_signature: str = field(repr=False)
    base_url: str = NHN_API


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
    nhn: Nhn | None = None
    login: KakaoLogin | None = None


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
        nhn=_nhn(environment),
        login=_login(environment),
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
        certificate=_certificate(environment.get("DANGOL_SOLAPI_CERTIFICATE")),
    )


def _certificate(text: str | None) -> Certificate | None:
    """`number day`, like 제2026-0012호 2027-09-30."""
    if text is None:
        return None
    number, _, day = text.strip().rpartition(" ")
    try:
        until = date.fromisoformat(day)
    except ValueError:
        until = None
    if until is None or not 0 < len(number.strip()) <= CERTIFICATE_MAX:
        raise SettingsError(
            "DANGOL_SOLAPI_CERTIFICATE: a number and the last day on which it holds, for example"
            " '제2026-0012호 2027-09-30'"
        )
    return Certificate(number.strip(), until)


def _login(environment: Mapping[str, str]) -> KakaoLogin | None:
    if "DANGOL_KAKAO_LOGIN_CLIENT_ID" not in environment:
        return None
    return KakaoLogin(
        client_id=_needed(environment, "DANGOL_KAKAO_LOGIN_CLIENT_ID", "the app's REST API key"),
        client_secret=environment.get("DANGOL_KAKAO_LOGIN_CLIENT_SECRET", ""),
        issuer=_safe_address(environment, "DANGOL_KAKAO_LOGIN_ISSUER", KAKAO_ACCOUNTS),
    )


def _safe_address(environment: Mapping[str, str], name: str, default: str) -> str:
    """What secrets are sent to: nobody on the way may read them. Paths are put behind it, and an
    issuer is compared letter by letter, so it ends without a slash.
    """
    address = environment.get(name, default)
    if not address.startswith(SAFE_ADDRESSES) or address.endswith("/"):
        raise SettingsError(
            f"{name}: an https address, or one of this machine, without a slash at its end; for"
            f" example {name}={default}"
        )
    return address


def _nhn(environment: Mapping[str, str]) -> Nhn | None:
    if "DANGOL_NHN_APPKEY" not in environment:
        return None
    return Nhn(
        appkey=_needed(environment, "DANGOL_NHN_APPKEY", "…"),
        secret_key=_needed(environment, "DANGOL_NHN_SECRET_KEY", "…"),
        webhook_signature=_needed(environment, "DANGOL_NHN_WEBHOOK_SIGNATURE", "…"),
        base_url=_safe_address(environment, "DANGOL_NHN_URL", NHN_API),
    )
