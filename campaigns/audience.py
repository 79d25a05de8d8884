"""Whom a message is for, and what the gate says of each kind of them.

The gate judges kinds of people, not people: what it must know of somebody is a number
(storage/queries/audience.py), and a million regulars are told apart in one set.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import lru_cache

from campaigns.gate import gate_alike, wordless
from domain.campaigns import MessageKind, SenderName
from domain.gate import ADS_A_DAY, Content
from domain.holdout import Draw
from domain.people import CustomerId, RunId
from domain.segments import Segment
from domain.time import in_kst, kst_instant
from storage.desk import Tx
from storage.queries.audience import (
    KINDS,
    Audience,
    Span,
    count_alike,
    list_allowed,
    list_ids,
)
from storage.queries.cards import get_rules
from storage.queries.day_touches import is_anybody_full, list_full
from storage.queries.gathering import count_shops, list_week_runs
from storage.queries.places import ShopView

AD = MessageKind.ADVERTISEMENT
WEEK = timedelta(days=7)
SENDINGS_MAX = 8
"""Runs whose verdicts are remembered while their pieces follow each other."""

Verdicts = Sequence[str | None]
"""By which rule each of `KINDS` is refused, None for who may get it."""


def audience_of(
    tx: Tx, shop: ShopView, segment: Segment, draw: Draw, at: datetime, *, but: RunId | None = None
) -> Audience:
    """Whom a segment means at an instant, and the shop's cap over them; `but` is the run itself.

    What a whole channel may send in a day is not in it yet.
    """
    since = week_before(at)
    return Audience(
        shop_id=shop.shop_id,
        at=at,
        segment=segment,
        draw=draw,
        ads_a_week=get_rules(tx, shop.shop_id).ads_a_week,
        week_runs=tuple(one for one in list_week_runs(tx, shop.shop_id, since) if one != but),
    )


def week_before(at: datetime) -> datetime:
    """A week is a Korean day and the six before it, so that what comes every Thursday comes every
    Thursday, a minute earlier or later.
    """
    return kst_instant(in_kst(at).date(), time()) - (WEEK - timedelta(days=1))


@lru_cache(SENDINGS_MAX)
def verdicts_of(content: Content, at: datetime) -> Verdicts:
    """The gate, asked once for every kind of people that there can be."""
    kind, sender = content.kind, content.sender
    return tuple(gate_alike(kind, sender, alike, at, content).rule for alike in KINDS)


def count_by_rule(
    tx: Tx, shop: ShopView, audience: Audience, sender: SenderName
) -> tuple[int, Mapping[str, int]]:
    """How many of them would get it, and how many by which rule not."""
    refused = Counter[str]()
    people = 0
    content = wordless(tx, shop.shop_id, AD, sender)
    for alike, count in count_alike(tx, _whole(tx, shop, audience)):
        rule = gate_alike(AD, sender, alike, audience.at, content).rule
        if rule is None:
            people += count
        else:
            refused[rule] += count
    return people, refused


def count_by_ways(
    tx: Tx, shop: ShopView, audience: Audience, senders: Collection[SenderName]
) -> Mapping[frozenset[SenderName], int]:
    """How many of them may get it by just these ways, for each set of ways that anybody has."""
    contents = {sender: wordless(tx, shop.shop_id, AD, sender) for sender in senders}
    counts = Counter[frozenset[SenderName]]()
    for alike, count in count_alike(tx, _whole(tx, shop, audience)):
        counts[
            frozenset(
                sender
                for sender, content in contents.items()
                if gate_alike(AD, sender, alike, audience.at, content).is_allowed
            )
        ] += count
    return counts


def list_reached(
    tx: Tx, shop: ShopView, audience: Audience, sender: SenderName
) -> list[CustomerId]:
    """Who would get it, were there money for all of them."""
    verdicts = verdicts_of(wordless(tx, shop.shop_id, AD, sender), audience.at)
    return list_allowed(tx, _whole(tx, shop, audience), verdicts)


def with_day(tx: Tx, shop: ShopView, audience: Audience, span: Span) -> Audience:
    """With those of a span who have had their day's share of the channel."""
    people = list_ids(tx, shop.shop_id, span)
    day = in_kst(audience.at).date()
    full = list_full(tx, shop.channel_id, day, people, ADS_A_DAY)
    return replace(audience, had_day=tuple(full))


def _whole(tx: Tx, shop: ShopView, audience: Audience) -> Audience:
    """The same for everybody: looked for only where anybody has had so much."""
    channel_id, day = shop.channel_id, in_kst(audience.at).date()
    if count_shops(tx, channel_id) == 1 or not is_anybody_full(tx, channel_id, day, ADS_A_DAY):
        return audience
    return with_day(tx, shop, audience, Span())
