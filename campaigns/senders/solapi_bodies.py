"""Our messages as SOLAPI takes them: free-form brand messages (providers.md A3, D4)."""

from collections.abc import Iterable, Iterator
from typing import Final

import orjson

from campaigns.senders.solapi_reports import MESSAGE_FIELD
from domain.bubbles import Action, Bubble, Button, Text
from domain.campaigns import Batch, Outgoing
from domain.compliance import REFUSE_BUTTON, WHY_LABEL
from domain.refusals import Rejected

PARCEL_BYTES_MAX = 14_000_000
"""SOLAPI takes 15 MB in one request."""
PARCEL_PEOPLE_MAX = 10_000

HEAD, JOINT, TAIL = b'{"messages":[', b",", b"]}"


def encode_group(batch: Batch) -> bytes:
    return orjson.dumps({"allowDuplicates": False, "customFields": {"batch": batch.send_key}})


def encode_message(one: Outgoing, batch: Batch, sender_number: str | None) -> bytes:
    message: dict[str, object] = {
        "to": one.address,
        "type": "BMS_FREE",
        "text": _text(one.bubble),
        "kakaoOptions": _options(batch, one),
        "customFields": {
            "run": str(batch.run_id),
            "chunk": str(batch.chunk_id),
            MESSAGE_FIELD: str(one.message_id),
        },
    }
    if sender_number:
        message["from"] = sender_number
    return orjson.dumps(message)


def _text(bubble: Bubble) -> str:
    match bubble:
        case Text(text):
            return text
        case _:
            raise Rejected("BUBBLE", type(bubble).__name__)


def _options(batch: Batch, one: Outgoing) -> dict[str, object]:
    buttons = [_button(one.button)] if one.button else []
    if one.why_url:
        buttons.append(_link(WHY_LABEL, one.why_url))
    buttons.append(REFUSE)  # the last thing on the handset (L8)
    bms = {"targeting": "I", "chatBubbleType": "TEXT", "adult": False, "buttons": buttons}
    # An SMS instead would cost more and lack the 080 number (providers.md trap 3).
    return {"pfId": batch.account.pf_id, "disableSms": True, "bms": bms}


def _button(button: Button) -> dict[str, str]:
    """A BK button says its name to the bot when pressed."""
    if button.action is not Action.LINK:
        return {"name": button.label, "linkType": "BK"}
    return _link(button.label, button.target)


def _link(label: str, address: str) -> dict[str, str]:
    return {"name": label, "linkType": "WL", "linkMobile": address, "linkPc": address}


REFUSE: Final = _button(REFUSE_BUTTON)


def parcels(messages: Iterable[bytes]) -> Iterator[bytes]:
    """The bodies of as many requests as the provider's limits need."""
    held: list[bytes] = []
    size = 0
    for message in messages:
        if held and (size + len(message) >= PARCEL_BYTES_MAX or len(held) == PARCEL_PEOPLE_MAX):
            yield HEAD + JOINT.join(held) + TAIL
            held, size = [], 0
        held.append(message)
        size += len(message) + len(JOINT)
    if held:
        yield HEAD + JOINT.join(held) + TAIL
