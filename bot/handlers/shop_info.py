"""Hours, place, telephone, menu and parking of a shop: answers, and nothing that advertises."""

from bot.handlers.asking import ask_owner
from bot.handlers.knowing import (
    call_button,
    fact_reply,
    known_facts,
    map_button,
    ready_reply,
    shop_meant,
)
from bot.kakao_out import Reply
from bot.turns import Turn, press, usual_after, which_shop
from bot.words import say
from domain.bubbles import Button, Text, TextCard
from storage.queries.customers import ShopStanding

ASKING = {
    "hours": "ask_hours",
    "place": "ask_place",
    "phone": "ask_phone",
    "menu": "ask_menu",
    "parking": "ask_parking",
}
"""How a pressed button asks the owner for what the shop has not said."""


def show(turn: Turn) -> Reply:
    shop = turn.shop()
    if shop is None:
        return which_shop(
            say("shop_info", "which"),
            "shop_info",
            turn.near(turn.meeting.shops) or turn.meeting.shops,
        )
    facts = known_facts(shop)
    if not facts:
        words = Text(say("shop_info", "nothing", shop=shop.name))
        return Reply((words,), usual_after(turn.meeting, press("ask", None, shop.shop_id)))
    asked = [press(f"shop_{one}", None, shop.shop_id) for one in ("menu",) if one in facts]
    return Reply((_card(shop),), usual_after(turn.meeting, *asked))


def hours(turn: Turn) -> Reply:
    return _tell(turn, "hours")


def place(turn: Turn) -> Reply:
    return _tell(turn, "place")


def phone(turn: Turn) -> Reply:
    return _tell(turn, "phone")


def menu(turn: Turn) -> Reply:
    return _tell(turn, "menu")


def parking(turn: Turn) -> Reply:
    return _tell(turn, "parking")


def _tell(turn: Turn, fact: str) -> Reply:
    """The fact; what the shop has not said goes on to the owner as a question."""
    shop = shop_meant(turn)
    if shop is None:
        shops = turn.meeting.joined or turn.meeting.shops
        return which_shop(say("shop_info", "which"), f"shop_{fact}", shops)
    known = fact_reply(turn, shop, fact)
    if known:
        return known
    names_shop = turn.meeting.person.asking == f"which_shop_{fact}"
    is_typed = turn.said.do is None and not names_shop
    words = turn.said.words if is_typed else say("shop_info", ASKING[fact])
    return ready_reply(turn, shop, words) or ask_owner(turn, shop, words)


def _card(shop: ShopStanding) -> TextCard:
    facts = known_facts(shop)
    lines = say("shop_info", "shop", facts=facts)
    buttons: list[Button] = []
    if "place" in facts:
        buttons.append(map_button(facts["place"]))
    if "phone" in facts:
        buttons.append(call_button(facts["phone"]))
    return TextCard(title=shop.name, description=lines, buttons=tuple(buttons))
