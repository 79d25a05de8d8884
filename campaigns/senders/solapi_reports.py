"""SOLAPI's codes and delivery reports as ours (providers.md A8, A10)."""

import hashlib
import hmac
from functools import lru_cache
from typing import NamedTuple

import orjson

from domain.campaigns import Outcome, Report
from domain.people import MessageId
from domain.refusals import Invalid

DELIVERED = "4000"
PENDING = frozenset({"2000", "3000"})
DOUBTFUL = frozenset({"3014", "3048"})
OPTED_OUT = frozenset({"1061", "2061"})
NOT_A_FRIEND = "3102"
MESSAGE_FIELD = "message"
"""The key of our message's id in `customFields`."""

MESSAGE_DIGITS_MAX = 19
CODES_KEPT_MAX = 1_000


class Meaning(NamedTuple):
    """What a code says of whichever message: a `Report` without its message."""

    outcome: Outcome
    code: str
    is_charged: bool
    is_opt_out: bool
    is_stranger: bool


def read_reports(body: bytes) -> list[Report]:
    """Final reports of our messages in a webhook's body; flat and nested events, any order.

    Events that are not about one of our messages (group reports, other programs') and
    codes that are not final are left out.
    """
    reports: list[Report] = []
    for event in _events(body):
        if not isinstance(event, dict):
            continue
        inner = event.get("data")
        told = inner if isinstance(inner, dict) else event
        message_id = message_in(told.get("customFields"))
        report = read_code(message_id, told.get("statusCode")) if message_id is not None else None
        if report is not None:
            reports.append(report)
    return reports


def _events(body: bytes) -> list[object]:
    try:
        events: object = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Invalid({"body": "보고가 JSON이 아니에요."}) from error
    if not isinstance(events, list):
        raise Invalid({"body": "보고가 목록이 아니에요."})
    return events


def message_in(fields: object) -> MessageId | None:
    """Our message's id in a `customFields`, or None when they are not ours."""
    if not isinstance(fields, dict):
        return None
    text = fields.get(MESSAGE_FIELD)
    if not isinstance(text, str) or not text.isascii() or not text.isdigit():
        return None
    return MessageId(int(text)) if len(text) <= MESSAGE_DIGITS_MAX else None


def read_code(message_id: MessageId, code: object) -> Report | None:
    """What a status code says of a message; None when it is not final.

    The table dates from 2022, so a code it does not know is a failure (A10).
    """
    if isinstance(code, int) and not isinstance(code, bool):
        code = str(code)
    meaning = _meaning(code) if isinstance(code, str) else None
    return Report(message_id, *meaning) if meaning else None


@lru_cache(CODES_KEPT_MAX)
def _meaning(code: str) -> Meaning | None:
    if not code or code in PENDING:
        return None
    if code == DELIVERED:
        outcome = Outcome.DELIVERED
    elif code in DOUBTFUL:
        outcome = Outcome.UNKNOWN
    else:
        outcome = Outcome.FAILED
    return Meaning(
        outcome=outcome,
        code=code,
        is_charged=code == DELIVERED,
        is_opt_out=code in OPTED_OUT,
        is_stranger=code == NOT_A_FRIEND,
    )


def is_genuine(header: str | None, secret: str, *, accepts_raw: bool = False) -> bool:
    """Whether `X-Solapi-Secret` is the SHA-1 of the registered secret (A8).

    The header is a constant, not a signature of the body: whoever knows it could report
    anything (docs/security.md). `accepts_raw` also takes the secret itself, as the console may show
    the hashed form and people may register that.
    """
    if not header or not secret:
        return False
    given = header.encode()
    hashed = hashlib.sha1(secret.encode()).hexdigest()  # noqa: S324 - the provider's choice
    is_hashed = hmac.compare_digest(given.lower(), hashed.encode())
    return is_hashed or (accepts_raw and hmac.compare_digest(given, secret.encode()))
