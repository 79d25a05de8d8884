"""What is held about a person, in the chat itself (L48)."""

from collections.abc import Sequence

from bot.hearing.spelling import squeezed
from bot.kakao_out import Reply
from bot.replies.cutting import length
from bot.turns import Turn, Wish, press, usual_after, which_shop
from bot.words import say
from domain.bubbles import Action, Button, FactCard, Text
from domain.enquiries import ENQUIRY_KEPT
from loyalty.privacy import Held, list_held
from storage.queries.customers import ShopStanding
from storage.queries.enquiries import list_of_person

CHOICES_SHOWN_MAX = 4
"""What is said first of all has to stand in the first 500 letters: KakaoTalk folds the rest."""

PAGE_MAX = 900


def show(turn: Turn) -> Reply:
    """How to change and delete it comes before what it is for."""
    if squeezed(turn.said.words) == squeezed(say("buttons", "my_record")):
        return show_record(turn)
    shop = _shop_meant(turn, "my_info")
    if isinstance(shop, Reply):
        return shop
    held = _held(turn, shop)
    uses = Text(_uses(turn, shop, held))
    return Reply((_card(turn, shop, held), Text(_ways(shop, held)), uses), _ways_on(shop, held))


def show_record(turn: Turn) -> Reply:
    """Every choice and every note, a page at a time (L48)."""
    shop = _shop_meant(turn, "my_record")
    if isinstance(shop, Reply):
        return shop
    held = _held(turn, shop)
    whole = say("my_info", "record", choices=held.choices, notes=held.notes)
    pages = _paged(whole)
    page = min(turn.said.about or 0, len(pages) - 1)
    more = (_read_on(shop, page + 1),) if page + 1 < len(pages) else ()
    first = *more, press("my_info", None, shop.shop_id), press("erase_ask")
    return Reply((Text(pages[page]),), usual_after(turn.meeting, *first))


def _paged(whole: str) -> list[str]:
    """No line is parted: none is longer than a page."""
    pages = [""]
    for line in whole.splitlines():
        if length(pages[-1]) + length(line) > PAGE_MAX:
            pages.append("")
        pages[-1] = f"{pages[-1]}\n{line}".strip()
    return pages


def _shop_meant(turn: Turn, do: str) -> ShopStanding | Reply:
    """The shop whose regular they are, or what is said instead."""
    joined = turn.meeting.joined
    if not joined:
        return _stranger(turn)
    shop = turn.shop(joined)
    if shop is None:
        return which_shop(say("my_info", "which"), do, joined)
    return shop if shop.is_member else _stranger(turn)


def _held(turn: Turn, shop: ShopStanding) -> Held:
    held = turn.find(list_held, (shop.shop_id, turn.customer_id))
    assert held is not None, "something is held of every regular"
    return held


def _read_on(shop: ShopStanding, page: int) -> Button:
    label = say("buttons", "my_record_on")
    extra = {"do": "my_record", "shop": str(shop.shop_id), "about": str(page)}
    return Button(label=label, action=Action.SAY, target=label, extra=extra)


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
        press("my_record", None, shop.shop_id),
        press("my_stamps"),
        press("stop" if shop.advertising_since else "ads_ask"),
        press("told_off" if shop.is_told else "told_on"),
        press("phone_forget" if held.phone else "phone_ask"),
        press("birthday_forget" if held.birthday else "birthday_ask"),
        press("name_ask", None, shop.shop_id),
        press("settings"),
        press("erase_ask"),
        press("help"),
    )


def _ways(shop: ShopStanding, held: Held) -> str:
    return say(
        "my_info",
        "ways",
        choices=held.choices[-CHOICES_SHOWN_MAX:],
        others=max(len(held.choices) - CHOICES_SHOWN_MAX, 0),
        notes=len(held.notes),
        phone=held.phone,
        birthday=held.birthday,
        contact=shop.contact,
    )


def _uses(turn: Turn, shop: ShopStanding, held: Held) -> str:
    return say(
        "my_info",
        "uses",
        advertising_since=shop.advertising_since,
        phone=held.phone,
        birthday=held.birthday,
        notes=len(held.notes),
        questions=held.questions,
        questions_kept_days=ENQUIRY_KEPT.days,
        name=held.name,
        paused_at=shop.paused_at if shop.rests(turn.at) else None,
        is_staff=turn.meeting.person.is_staff,
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
    buttons = press("erase_ask"), press("my_record", None, shop.shop_id)
    return FactCard(head=shop.name, facts=tuple(labeled), buttons=buttons)


def _ads(turn: Turn, shop: ShopStanding) -> str:
    if shop.rests(turn.at):
        return say("pausing", "resting", until=shop.paused_until)
    if shop.advertising_since is not None:
        return say("my_info", "ads_on", since=shop.advertising_since)
    if shop.withdrawn_at is not None:
        return say("my_info", "ads_withdrawn", at=shop.withdrawn_at)
    return say("my_info", "ads_off")
