"""A draft as it is kept until it is sent: in a series, in a message that a shop keeps."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from campaigns.booking import Draft
from domain.campaigns import BubbleKind, LinkButton, SenderName
from domain.money import Jeon
from domain.parts import as_plain as as_plain_parts
from domain.parts import of_plain as of_plain_parts
from domain.people import OfferId, SeriesId
from domain.segments import as_plain, of_plain
from domain.subsidy import FairOrder


def draft_text(draft: Draft) -> str:
    plain = {
        "sender": draft.sender,
        "bubble": draft.bubble,
        "body": draft.body,
        "picture_id": draft.picture_id,
        "parts": as_plain_parts(draft.parts),
        "due_at": draft.due_at,
        "offer_id": draft.offer_id,
        "own_max_jeon": draft.own_max_jeon,
        "fair_order": draft.fair_order,
        "segment": as_plain(draft.segment),
        "holdout_percent": draft.holdout_percent,
        "button": [draft.button.label, draft.button.url] if draft.button else None,
        "not_later_than": draft.not_later_than,
        "keeps_day": draft.keeps_day,
        "series_id": draft.series_id,
    }
    return orjson.dumps(plain).decode()


def draft_of(text: str) -> Draft:
    """What `draft_text` wrote."""
    plain: Mapping[str, Any] = orjson.loads(text)
    offer_id, series_id, order = plain["offer_id"], plain["series_id"], plain["fair_order"]
    return Draft(
        sender=SenderName(plain["sender"]),
        bubble=BubbleKind(plain["bubble"]),
        body=plain["body"],
        picture_id=plain["picture_id"],
        parts=of_plain_parts(plain.get("parts", ())),
        due_at=_instant(plain["due_at"]),
        offer_id=None if offer_id is None else OfferId(offer_id),
        own_max_jeon=Jeon(plain["own_max_jeon"]),
        fair_order=FairOrder(order) if order else None,
        segment=of_plain(plain["segment"]),
        holdout_percent=plain["holdout_percent"],
        button=LinkButton(*plain["button"]) if plain["button"] else None,
        not_later_than=_instant(plain["not_later_than"]),
        keeps_day=plain["keeps_day"],
        series_id=None if series_id is None else SeriesId(series_id),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
