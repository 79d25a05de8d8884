"""Coupons: what a shop offers beside its card, to whom, and how many have been used."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from http import HTTPStatus

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, read_form
from console.keys import BOOKS, NOW, OWNER
from console.owner.reward import NO_NUMBER, RewardWords, read_reward, reward_terms, whole
from domain.coupons import EVERY_DAY, CouponSource
from domain.people import OfferId, ShopId
from domain.refusals import Invalid
from domain.time import Window
from loyalty.coupons import NewOffer, close_offer, make_offer
from storage.desk import Tx
from storage.queries.offer_counts import OfferCounts, count_coupons
from storage.queries.offers import OfferView, list_offers, list_open_offers

MADE_HERE = (
    CouponSource.HAND,
    CouponSource.CAMPAIGN,
    CouponSource.JOINING,
    CouponSource.BIRTHDAY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWords:
    """The form's fields as text."""

    source: str = CouponSource.HAND.value
    reward: RewardWords = field(default_factory=RewardWords)
    weekdays: frozenset[int] = EVERY_DAY
    opens: str = ""
    closes: str = ""
    min_spend_won: str = ""
    can_stack: bool = False
    cap: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """`cards` are the rewards of the stamp cards: made there, and closed there."""

    open: list[tuple[OfferView, OfferCounts]]
    closed: list[tuple[OfferView, OfferCounts]]
    cards: list[tuple[OfferView, OfferCounts]]


async def show_coupons(request: web.Request) -> web.Response:
    return await _show(request, OfferWords(), {})


async def make(request: web.Request) -> web.Response:
    owner, words = request[OWNER], read_words(await read_form(request))
    try:
        new = offer_of(words)
        await request.app[BOOKS].write(
            make_once, owner.shop_id, new, actor=owner.actor, at=request.app[NOW]()
        )
    except Invalid as refusal:
        return await _show(request, words, refusal.fields)
    await say(request, "offer_made")
    return see_other("/owner/coupons")


async def close(request: web.Request) -> web.Response:
    owner, offer_id = request[OWNER], OfferId(int(request.match_info["id"]))
    await request.app[BOOKS].write(
        close_offer, owner.shop_id, offer_id, actor=owner.actor, at=request.app[NOW]()
    )
    await say(request, "offer_closed")
    return see_other("/owner/coupons")


def make_once(tx: Tx, shop_id: ShopId, new: NewOffer, *, actor: str, at: datetime) -> OfferId:
    """Two equal open offers mean nothing: a second press makes none."""
    for known in list_open_offers(tx, shop_id, new.source):
        if (known.terms, known.cap) == (new.terms, new.cap):
            return known.offer_id
    return make_offer(tx, shop_id, new, actor=actor, at=at)


def read_words(form: Form) -> OfferWords:
    return OfferWords(
        source=form.text("source"),
        reward=read_reward(form, ""),
        weekdays=frozenset(day for day in EVERY_DAY if form.text(f"weekday_{day}")),
        opens=form.text("opens"),
        closes=form.text("closes"),
        min_spend_won=form.text("min_spend_won"),
        can_stack=bool(form.text("can_stack")),
        cap=form.text("cap"),
    )


def offer_of(words: OfferWords) -> NewOffer:
    """Raises Invalid with a sentence beside each field."""
    wrong: dict[str, str] = {}

    def number(name: str) -> int | None:
        text = getattr(words, name)
        if text and whole(text) is None:
            wrong[name] = NO_NUMBER
        return whole(text)

    min_spend_won, cap = number("min_spend_won"), number("cap")
    hours = None
    try:
        hours = _hours(words)
    except Invalid as refusal:
        wrong |= refusal.fields
    if not words.weekdays:
        wrong["weekdays"] = "쓸 수 있는 요일을 하나 이상 골라 주세요."
    if words.source not in {source.value for source in MADE_HERE}:
        wrong["source"] = "누구에게 드릴지 골라 주세요."
    try:
        terms = reward_terms(words.reward)
    except Invalid as refusal:
        raise Invalid({**refusal.fields, **wrong}) from None
    if wrong:
        raise Invalid(wrong)
    terms = replace(
        terms,
        weekdays=words.weekdays,
        hours=hours,
        min_spend_won=min_spend_won or 0,
        can_stack=words.can_stack,
    )
    return NewOffer(source=CouponSource(words.source), terms=terms, cap=cap)


def _hours(words: OfferWords) -> Window | None:
    """None for the whole day; raises Invalid(hours)."""
    if not words.opens and not words.closes:
        return None
    try:
        opens, closes = time.fromisoformat(words.opens), time.fromisoformat(words.closes)
    except ValueError:
        raise Invalid({"hours": "몇 시부터 몇 시까지인지 둘 다 골라 주세요."}) from None
    if opens >= closes:
        raise Invalid({"hours": "끝나는 시각을 시작하는 시각보다 뒤로 골라 주세요."})
    return Window(opens, closes)


def read_offers(tx: Tx, shop_id: ShopId) -> Listed:
    counts = count_coupons(tx, shop_id)
    lines = [
        (offer, counts.get(offer.offer_id, OfferCounts())) for offer in list_offers(tx, shop_id)
    ]
    own = [line for line in lines if line[0].source is not CouponSource.CARD]
    return Listed(
        open=[line for line in own if line[0].closed_at is None],
        closed=[line for line in own if line[0].closed_at is not None],
        cards=[line for line in lines if line[0].source is CouponSource.CARD and line[1].given],
    )


async def _show(request: web.Request, words: OfferWords, wrong: Mapping[str, str]) -> web.Response:
    listed = await request.app[BOOKS].read(read_offers, request[OWNER].shop_id)
    return await show(
        request,
        "owner/coupons.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        listed=listed,
        words=words,
        wrong=wrong,
    )
