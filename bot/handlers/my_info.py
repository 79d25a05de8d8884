"""What is held about a person, in the chat itself (L48)."""

from collections.abc import Sequence

from bot.kakao_out import Reply
from bot.turns import Turn, Wish, press, usual_after, which_shop
from bot.words import say
from domain.bubbles import Bubble, Button, FactCard, Text
from domain.enquiries import ENQUIRY_KEPT
from loyalty.privacy import Held, list_held
from storage.queries.customers import ShopStanding
from storage.queries.enquiries import list_of_person

CHOICES_SHOWN_MAX = 8
NOTES_SHOWN_MAX = 4
"""Of the longest notes this many fit into one bubble."""


def show(turn: Turn) -> Reply:
    joined = turn.meeting.joined
    if not joined:
        return _stranger(turn)
    shop = turn.shop(joined)
    if shop is None:
        return which_shop(say("my_info", "which"), "my_info", joined)
    if not shop.is_member:
        return _stranger(turn)
    held = turn.find(list_held, (shop.shop_id, turn.customer_id))
    assert held is not None, "something is held of every regular"
    bubbles: list[Bubble] = [_card(turn, shop, held), Text(_details(turn, shop, held))]
    if held.notes:
        shown = held.notes[:NOTES_SHOWN_MAX]
        bubbles.append(Text(say("my_info", "notes", count=len(held.notes), shown=shown)))
    return Reply(tuple(bubbles), _ways_on(shop, held))


def _stranger(turn: Turn) -> Reply:
    """Who is nobody's regular may have asked a shop something, or work in one."""
    asked = list_of_person(turn.tx, turn.customer_id)
    facts = {
        "questions": len(asked),
        "questions_kept_days": ENQUIRY_KEPT.days,
        "is_staff": turn.meeting.person.is_staff,
    }
    words = Text(say("my_info", "stranger", **facts))
    first = (press("erase_ask"),) if asked else ()
    return Reply((words,), usual_after(turn.meeting, *first))


def wishes(turn: Turn) -> Sequence[Wish]:
    joined = turn.meeting.joined
    shop = turn.shop(joined) if joined else None
    return [(list_held, (shop.shop_id, turn.customer_id))] if shop and shop.is_member else ()


def _ways_on(shop: ShopStanding, held: Held) -> tuple[Button, ...]:
    """All that can be changed here, each in one tap."""
    return (
        press("my_stamps"),
        press("my_coupons"),
        press("stop" if shop.advertising_since else "ads_ask"),
        press("told_off" if shop.is_told else "told_on"),
        press("phone_forget" if held.phone else "phone_ask"),
        press("birthday_forget" if held.birthday else "birthday_ask"),
        press("name_ask", None, shop.shop_id),
        press("settings"),
        press("erase_ask"),
        press("help"),
    )


def _details(turn: Turn, shop: ShopStanding, held: Held) -> str:
    return say(
        "my_info",
        "details",
        choices=held.choices[-CHOICES_SHOWN_MAX:],
        advertising_since=shop.advertising_since,
        phone=held.phone,
        birthday=held.birthday,
        notes=len(held.notes),
        questions=held.questions,
        questions_kept_days=ENQUIRY_KEPT.days,
        name=held.name,
        paused_at=shop.paused_at if shop.rests(turn.at) else None,
        is_staff=turn.meeting.person.is_staff,
        contact=shop.contact,
    )


def _card(turn: Turn, shop: ShopStanding, held: Held) -> FactCard:
    facts = {
        "since": say("my_info", "since", since=shop.joined_at),
        "visits": say("my_info", "visits", visits=shop.visits),
        "stamps": say("my_info", "stamps", card=held.card),
        "coupons": say("my_info", "coupons", count=len(held.coupons)),
        "ads": _ads(turn, shop),
        "told": say("my_info", "told", is_told=shop.is_told),
        "phone": say("my_info", "phone", phone=held.phone),
        "birthday": say("my_info", "birthday", birthday=held.birthday),
    }
    if held.name:
        facts["name"] = say("my_info", "name", name=held.name)
    labeled = ((say("my_info", f"{name}_label"), fact) for name, fact in facts.items())
    return FactCard(head=shop.name, facts=tuple(labeled))


def _ads(turn: Turn, shop: ShopStanding) -> str:
    if shop.rests(turn.at):
        return say("pausing", "resting", until=shop.paused_until)
    if shop.advertising_since is not None:
        return say("my_info", "ads_on", since=shop.advertising_since)
    if shop.withdrawn_at is not None:
        return say("my_info", "ads_withdrawn", at=shop.withdrawn_at)
    return say("my_info", "ads_off")
