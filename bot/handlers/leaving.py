"""Deleting everything: said exactly, asked once more, done at once (L45, L46, L49)."""

from datetime import datetime

from bot.hearing.understanding import Meaning
from bot.kakao_out import Reply
from bot.turns import Turn, plain, press, usual_after
from bot.words import say
from domain.bubbles import Button, Text
from domain.keeping import DUTIES, What, kept_until, proves_advertising
from loyalty.privacy import erase_customer
from loyalty.tallies import find_standing
from storage.queries.coupons import list_usable
from storage.queries.customers import ShopStanding, list_choices
from storage.queries.enquiries import list_of_person

QUESTION = "erase"
SHOPS_SHOWN_MAX = 6
KEPT_SHOWN_MAX = 4


def ask(turn: Turn) -> Reply:
    """What goes, and what the law makes us keep."""
    if _is_stranger(turn):
        return _nothing(turn)
    joined = turn.meeting.joined
    question = say(
        "leaving",
        "question",
        shops=[_belongings(turn, shop) for shop in joined[:SHOPS_SHOWN_MAX]],
        more=max(len(joined) - SHOPS_SHOWN_MAX, 0),
        questions=len(list_of_person(turn.tx, turn.customer_id)),
        is_staff=turn.meeting.person.is_staff,
        until=_kept_until(turn, joined),
        ground=DUTIES[What.ADVERTISING_PROOF].ground,
    )
    return Reply((Text(question),), _answers(), QUESTION, stands_alone=True)


def answer(turn: Turn, meaning: Meaning) -> Reply | None:
    match meaning:
        case Meaning.YES | Meaning.ERASE:
            return erase(turn)
        case Meaning.NO:
            return stay(turn)
        case Meaning.UNKNOWN | Meaning.HELP:
            return Reply((Text(say("leaving", "again")),), _answers(), QUESTION)
        case _:
            return None


def erase(turn: Turn) -> Reply:
    """Only under the question: a button that was left standing asks again."""
    if _is_stranger(turn) or turn.meeting.person.asking != QUESTION:
        return ask(turn)
    actor = f"customer:{turn.customer_id}"
    erased = erase_customer(turn.tx, turn.customer_id, actor=actor, at=turn.at)
    kept = [(turn.meeting.shop(one.shop_id).name, one) for one in erased.kept[:KEPT_SHOWN_MAX]]
    words = say("leaving", "done", at=turn.at, kept=kept)
    after = press("stamp_code"), press("join"), press("shop_info"), press("help")
    return Reply((Text(words),), after, stands_alone=True)


def stay(turn: Turn) -> Reply:
    return plain(turn, say("leaving", "stay"))


def _nothing(turn: Turn) -> Reply:
    """Who only works in a shop has nothing but that tie, and may end it here."""
    is_staff = turn.meeting.person.is_staff
    first = (press("owner_part_ask"),) if is_staff else ()
    words = Text(say("leaving", "nothing", is_staff=is_staff))
    return Reply((words,), usual_after(turn.meeting, *first))


def _answers() -> tuple[Button, Button]:
    return press("erase"), press("not_of_age", "erase_no")


def _is_stranger(turn: Turn) -> bool:
    if turn.meeting.joined or turn.meeting.person.of_age_at is not None:
        return False
    return not list_of_person(turn.tx, turn.customer_id)


def _belongings(turn: Turn, shop: ShopStanding) -> dict[str, object]:
    card = find_standing(turn.tx, shop.shop_id, turn.customer_id, turn.at)
    coupons = list_usable(turn.tx, turn.customer_id, turn.at)
    return {
        "name": shop.name,
        "visits": shop.visits,
        "stamps": card.stamps if card else 0,
        "coupons": sum(coupon.shop_id == shop.shop_id for coupon in coupons),
    }


def _kept_until(turn: Turn, joined: list[ShopStanding]) -> datetime | None:
    """None when nothing has to be kept."""
    choices = (list_choices(turn.tx, shop.shop_id, turn.customer_id) for shop in joined)
    is_kept = any(proves_advertising(of_shop) for of_shop in choices)
    return kept_until(What.ADVERTISING_PROOF, turn.at) if is_kept else None
