"""도장 찍기 and 쿠폰 사용: a customer's four digits, said in the chat instead of at the counter."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from bot.hearing.owner_words import code_in, stamps_in
from bot.kakao_out import Reply
from bot.owner.turns import OwnerTurn, asking, button, reply, with_row
from bot.words import say
from domain.coupons import CouponWay
from domain.people import CouponId, CustomerId, VisitId
from domain.refusals import Conflict, NotFound, Refusal
from domain.rules import Per
from domain.visits import Purchase
from loyalty.codes import count_wrong_code
from loyalty.coupons import Redeemed, Showing, reverse_coupon, use_by_code
from loyalty.sales import Sale
from loyalty.visits import Stamped, cancel_visit, stamp_by_code
from storage.desk import Tx
from storage.queries.cards import get_rules
from storage.queries.codes import find_code
from storage.queries.counter import find_last_use, find_who

Done = TypeVar("Done", Stamped, Redeemed)
STAMP, COUPON = "stamp", "coupon"
SENTENCES = frozenset(
    {
        "code",
        "code_used",
        "code_lapsed",
        "too_many_codes",
        "code_of_coupon",
        "code_of_visit",
        "day_limit",
        "coupon_used",
        "coupon_canceled",
        "coupon_held",
        "coupon_lapsed",
        "coupon_weekday",
        "coupon_hours",
        "no_stacking",
        "cap_reached",
    }
)
"""Why it cannot be done: each has its block in owner_counter.j2."""

MISREAD = frozenset({"code", "code_used", "code_lapsed"})


def stamp(turn: OwnerTurn) -> Reply:
    """`1234`, `도장 1234 두 개`; without digits it asks for them."""
    digits = code_in(turn.said.words)
    if not digits:
        words = say("owner_counter", "which_stamp", is_per_item=_is_per_item(turn))
        return asking(turn, words, STAMP, button(turn, "owner_keep"))
    sale = Sale(
        key=_key(turn, digits),
        actor=turn.actor,
        purchase=Purchase(items=stamps_in(turn.said.words)),
    )
    done = _counted(turn, lambda tx: stamp_by_code(tx, turn.shop_id, digits, sale, turn.at))
    if isinstance(done, Stamped):
        return _alone(_stamped(turn, done))
    if done.reason == "code_of_coupon":
        label = say("owner_counter", "use_button", digits=digits)
        words = say("owner_counter", "code_of_coupon")
        return _alone(reply(turn, words, button(turn, "owner_coupon", label=label)))
    return _refused(turn, done, STAMP)


def unstamp(turn: OwnerTurn) -> Reply:
    """The visit of the pressed button. Raises NotFound for another shop's."""
    if turn.said.about is None:
        return reply(turn, say("owner_counter", "press_undo"))
    visit_id = VisitId(turn.said.about)
    try:
        canceled = cancel_visit(turn.tx, turn.shop_id, visit_id, actor=turn.actor, at=turn.at)
    except Conflict:
        return reply(turn, say("owner_counter", "too_late"))
    words = say(
        "owner_counter",
        "unstamped",
        who=_called(turn, canceled.customer_id),
        stamps=canceled.stamps,
        card=canceled.card,
        gone=len(canceled.canceled),
        owed=len(canceled.owed),
    )
    return _alone(reply(turn, words))


def use_coupon(turn: OwnerTurn) -> Reply:
    """`쿠폰 1234`; without digits it asks for them."""
    digits = code_in(turn.said.words)
    if not digits:
        return asking(
            turn, say("owner_counter", "which_coupon"), COUPON, button(turn, "owner_keep")
        )
    showing = Showing(key=_key(turn, digits), way=CouponWay.CODE, actor=turn.actor)
    done = _counted(turn, lambda tx: use_by_code(tx, turn.shop_id, digits, showing, turn.at))
    if isinstance(done, Redeemed):
        return _alone(_used(turn, done))
    return _refused(turn, done, COUPON)


def give_back(turn: OwnerTurn) -> Reply:
    """The coupon of the pressed button, good again. Raises NotFound for another shop's."""
    if turn.said.about is None:
        return reply(turn, say("owner_counter", "press_undo"))
    coupon_id = CouponId(turn.said.about)
    use = find_last_use(turn.tx, turn.shop_id, coupon_id)
    if use is None:
        raise NotFound("coupon")
    # The use that is undone names the undoing: pressed again it is the same.
    key = f"undo:{coupon_id}:{use.at.isoformat()}"
    showing = Showing(key=key, way=CouponWay.CODE, actor=turn.actor)
    try:
        done = reverse_coupon(turn.tx, turn.shop_id, coupon_id, showing, turn.at)
    except Conflict:
        return reply(turn, say("owner_counter", "nothing_to_undo"))
    return _alone(reply(turn, say("owner_counter", "given_back", title=done.coupon.terms.title)))


def _alone(done: Reply) -> Reply:
    """A customer waits at the counter: nothing stands before the result."""
    return replace(done, stands_alone=True)


def _is_per_item(turn: OwnerTurn) -> bool:
    return get_rules(turn.tx, turn.shop_id).per is Per.ITEM


def _called(turn: OwnerTurn, customer_id: CustomerId) -> str:
    """`김영이님`, `010-****-5678 손님`."""
    who = find_who(turn.tx, turn.shop_id, customer_id)
    if who is None:
        return say("owner_counter", "nameless")
    return say("owner_counter", "numbered" if who[:1].isdigit() else "named", who=who)


def _key(turn: OwnerTurn, digits: str) -> str:
    """Of the code itself: the same words again are the same sale, those digits next month not."""
    code = find_code(turn.tx, turn.shop_id, digits)
    return f"chat:{code.issue if code else digits}"


def _counted(turn: OwnerTurn, work: Callable[[Tx], Done]) -> Done | Refusal:
    """A refusal as a value, so that a wrong code's count is kept.

    But for one that comes after the code was used up: raised, it takes that back.
    """
    try:
        return count_wrong_code(turn.tx, turn.shop_id, turn.at, work)
    except (Conflict, NotFound) as refusal:
        if refusal.reason == "day_limit":
            raise
        return refusal


def _refused(turn: OwnerTurn, refusal: Refusal, question: str) -> Reply:
    """Where the next number may do, the question stays open."""
    if refusal.reason not in SENTENCES:
        raise refusal
    words = say("owner_counter", refusal.reason, **refusal.facts)
    if refusal.reason not in MISREAD:
        return _alone(reply(turn, words))
    buttons = with_row(turn, button(turn, "owner_keep"))
    return _alone(asking(turn, words, question, *buttons))


def _stamped(turn: OwnerTurn, stamped: Stamped) -> Reply:
    words = say(
        "owner_counter",
        "already_stamped" if stamped.is_repeated else "stamped",
        who=_called(turn, stamped.customer_id),
        stamps=stamped.stamps,
        is_one_a_visit=stamps_in(turn.said.words) > 1 and not _is_per_item(turn),
        card=stamped.card,
        visits=stamped.visits,
        earned=[one.title for one in stamped.earned],
        paid=stamped.paid,
    )
    return reply(turn, words, button(turn, "owner_unstamp", about=stamped.visit_id))


def _used(turn: OwnerTurn, used: Redeemed) -> Reply:
    coupon = used.coupon
    words = say(
        "owner_counter",
        "already_used" if used.is_repeated else "used",
        who=_called(turn, coupon.customer_id),
        title=coupon.terms.title,
        gives=coupon.terms.gives,
        min_spend_won=coupon.terms.min_spend_won,
    )
    return reply(turn, words, button(turn, "owner_give_back", about=coupon.coupon_id))
