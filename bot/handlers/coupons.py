"""Coupons: those that may be used, and the number that uses one at the counter."""

from collections.abc import Sequence

from bot.handlers.codes import coupon_code
from bot.kakao_out import Reply
from bot.turns import Turn, Wish, plain, usual
from bot.words import say
from domain.bubbles import CAROUSEL_CARDS_MAX, Action, Button, Carousel, FactCard, Text
from domain.coupons import EVERY_DAY, CouponState, check_use
from domain.people import CouponId
from domain.refusals import Conflict, NotFound
from storage.queries.coupons import CouponView, list_coupons
from storage.queries.faces import list_usable_of

NOT_NOW = {"coupon_weekday": "not_this_weekday", "coupon_hours": "not_this_hour"}
GONE = {CouponState.USED: "used", CouponState.CANCELED: "canceled"}
"""Words for a coupon that cannot be used now, and for one that never can."""


def show(turn: Turn) -> Reply:
    return _shown(turn, turn.find(list_usable_of, turn.customer_id) or (), "count")


def wishes(turn: Turn) -> Sequence[Wish]:
    return [(list_usable_of, turn.customer_id)]


def use(turn: Turn) -> Reply:
    """The pressed coupon, or the only one there is."""
    coupons = turn.find(list_usable_of, turn.customer_id) or ()
    if turn.said.coupon_id is None:
        return _code(turn, coupons[0]) if len(coupons) == 1 else _shown(turn, coupons, "which")
    for coupon in coupons:
        if coupon.coupon_id == turn.said.coupon_id:
            return _code(turn, coupon)
    return _gone(turn, turn.said.coupon_id)


def _shown(turn: Turn, coupons: Sequence[CouponView], block: str) -> Reply:
    if not coupons:
        return plain(turn, say("coupons", "none"))
    shown = coupons[:CAROUSEL_CARDS_MAX]
    words = say("coupons", block, count=len(coupons), shown=len(shown))
    cards = tuple(coupon_card(turn.meeting.shop(one.shop_id).name, one) for one in shown)
    return Reply((Text(words), Carousel(cards)), usual(turn.meeting))


def _code(turn: Turn, coupon: CouponView) -> Reply:
    """A number that would be refused at the counter is not given."""
    terms = coupon.terms
    try:
        check_use(terms, expires_at=coupon.expires_at, at=turn.at, spend_won=None)
    except Conflict as refusal:
        words = say("coupons", NOT_NOW[refusal.reason], title=terms.title, **refusal.facts)
        return plain(turn, words)
    return Reply((coupon_code(turn, coupon),), usual(turn.meeting))


def _gone(turn: Turn, coupon_id: CouponId) -> Reply:
    """Raises NotFound for a coupon of someone else."""
    for coupon in list_coupons(turn.tx, turn.customer_id):
        if coupon.coupon_id == coupon_id:
            block = GONE.get(coupon.state, "lapsed")
            facts = {"title": coupon.terms.title, "expires_at": coupon.expires_at}
            return plain(turn, say("coupons", block, **facts))
    raise NotFound("coupon")


def coupon_card(shop: str, coupon: CouponView) -> FactCard:
    label = say("buttons", "use_coupon")
    extra = {"do": "use_coupon", "coupon": str(coupon.coupon_id)}
    return FactCard(
        head=shop,
        facts=_facts(coupon),
        title=coupon.terms.title,
        description=say("coupons", "together" if coupon.terms.can_stack else "alone"),
        buttons=(Button(label=label, action=Action.SAY, target=label, extra=extra),),
    )


def _facts(coupon: CouponView) -> tuple[tuple[str, str], ...]:
    terms = coupon.terms
    facts = {} if terms.gives == terms.title else {"gift": terms.gives}
    facts["until"] = say("coupons", "until", expires_at=coupon.expires_at)
    if terms.weekdays != EVERY_DAY:
        facts["weekdays"] = say("coupons", "weekdays", weekdays=terms.weekdays)
    if terms.hours:
        facts["hours"] = say("coupons", "hours", hours=terms.hours)
    if terms.min_spend_won:
        facts["min_spend"] = say("coupons", "min_spend", won=terms.min_spend_won)
    return tuple((say("coupons", f"{name}_label"), fact) for name, fact in facts.items())
