"""What NHN tells of messages, when asked and by itself (providers.md B3, B7, B8)."""

import hmac
import logging
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

import orjson

from campaigns.senders.nhn_codes import UNCONFIRMED_FOR, read_delivery
from campaigns.senders.reading import Object, objects_in, text_in
from domain.campaigns import Batch, Outgoing, Report
from domain.opt_outs import OptOut
from domain.people import MessageId, normal_phone
from domain.refusals import Invalid
from domain.time import KST

LOG = logging.getLogger(__name__)

ENDED_WITHOUT_CODE = ("FAILED", "CANCEL")
EVENT_MAX = 100
"""As long as the id of a call from outside may be in our books."""
OURS = re.compile(r"([0-9]{1,19}):([0-9]{1,19})")


class Told(NamedTuple):
    """What a webhook told: outcomes of ours, and who refused by the 080 number."""

    reports: list[Report]
    opt_outs: list[OptOut]


def grouping_key(batch: Batch, one: Outgoing) -> str:
    """What NHN says back to us with everything it tells of a message."""
    return f"{batch.run_id}:{one.message_id}"


def message_in(key: str) -> MessageId | None:
    """Our message in a `recipientGroupingKey`, None when it is not ours."""
    found = OURS.fullmatch(key)
    return MessageId(int(found[2])) if found else None


def read_item(item: Object, message_id: MessageId, at: datetime) -> Report | None:
    """What a line of a list or a hook says of a message; None while that is open."""
    code = text_in(item, "resultCode")
    if not code and text_in(item, "messageStatus") in ENDED_WITHOUT_CODE:
        code = text_in(item, "messageStatus")
    asked_at = instant_in(text_in(item, "requestDate"))
    is_late = asked_at is not None and at - asked_at > UNCONFIRMED_FOR
    return read_delivery(message_id, code, is_late=is_late)


def read_hooks(body: bytes, at: datetime) -> Told:
    """A webhook's body, of both services; what is not ours or not final is left out.

    Raises Invalid when it is none.
    """
    envelope = _envelope(body)
    hooks = objects_in(envelope, "hooks")
    match text_in(envelope, "event"):
        case "MESSAGE_RESULT_UPDATE":
            return Told(list(_results(hooks, at)), [])
        case "UNSUBSCRIBE":
            call = text_in(envelope, "hooksId") or sha256(body).hexdigest()
            return Told([], list(_opt_outs(hooks, call)))
        case _:  # templates are looked at, not told about: its name is not printed
            return Told([], [])


def _envelope(body: bytes) -> Object:
    try:
        envelope: object = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Invalid({"body": "보고가 JSON이 아니에요."}) from error
    if not isinstance(envelope, dict):
        raise Invalid({"body": "보고가 묶음이 아니에요."})
    return envelope


def _results(hooks: Iterable[Object], at: datetime) -> Iterator[Report]:
    for hook in hooks:
        message_id = message_in(text_in(hook, "recipientGroupingKey"))
        report = read_item(hook, message_id, at) if message_id is not None else None
        if report is not None:
            yield report


def _opt_outs(hooks: Iterable[Object], call: str) -> Iterator[OptOut]:
    """A refusal without an id of its own has its place in the call (L4)."""
    for place, hook in enumerate(hooks):
        event_id = text_in(hook, "hookId") or f"{call}:{place}"
        if len(event_id) > EVENT_MAX:
            event_id = sha256(event_id.encode()).hexdigest()
        digits = normal_phone(text_in(hook, "recipientNo"))
        if digits is None:
            LOG.error("a refusal by the 080 number names nobody we can read: hook %r", event_id)
            continue
        yield OptOut(
            event_id=event_id,
            phone=digits,
            number=re.sub(r"\D", "", text_in(hook, "unsubscribeNo")),
            happened_at=instant_in(text_in(hook, "createdDateTime")),
        )


def instant_in(text: str) -> datetime | None:
    """Their forms differ from sample to sample: with and without T, seconds and zone; KST then."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    return told if told.utcoffset() is not None else told.replace(tzinfo=KST)


def is_genuine(header: str | None, signature: str) -> bool:
    """Whether `X-Toast-Webhook-Signature` is the text registered in the console (B8).

    A constant, not a signature of the body: whoever knows it could report anything.
    """
    if not header or not signature:
        return False
    return hmac.compare_digest(header.encode(errors="surrogateescape"), signature.encode())
