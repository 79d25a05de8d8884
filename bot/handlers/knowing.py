"""What a shop has said already: its facts, and the answers it keeps ready."""

from collections.abc import Mapping
from urllib.parse import quote

from bot.hearing.understanding import Meaning, squeezed
from bot.hearing.wondering import ASKED_LENGTH_MIN, best_answer
from bot.kakao_out import Reply
from bot.turns import Turn, press, usual_after
from bot.words import say
from domain.bubbles import Action, Bubble, Button, Text, TextCard
from domain.enquiries import WORDS_MAX
from storage.queries.customers import ShopStanding
from storage.queries.ready_answers import list_ready_answers

MAP = "https://map.kakao.com/link/search/"
FACT_OF: Mapping[Meaning, str] = {
    Meaning.SHOP_HOURS: "hours",
    Meaning.SHOP_PLACE: "place",
    Meaning.SHOP_PHONE: "phone",
    Meaning.SHOP_MENU: "menu",
    Meaning.SHOP_PARKING: "parking",
}
FACTS = tuple(FACT_OF.values())


def answer_from_shop(turn: Turn, shop: ShopStanding, meaning: Meaning) -> Reply | None:
    """The fact that was asked for, else an answer the owner keeps ready; None: ask the owner."""
    fact = FACT_OF.get(meaning)
    known = fact_reply(turn, shop, fact) if fact else None
    return known or ready_reply(turn, shop, turn.said.words)


def fact_reply(turn: Turn, shop: ShopStanding, fact: str) -> Reply | None:
    """One fact in one bubble, the others a tap away; None when the shop has not said it."""
    value = known_facts(shop).get(fact)
    if value is None:
        return None
    others = [press(f"shop_{one}", None, shop.shop_id) for one in known_facts(shop) if one != fact]
    first = (*_offered(turn, shop), *others)
    return Reply((_bubble(shop, fact, value),), usual_after(turn.meeting, *first))


def ready_reply(turn: Turn, shop: ShopStanding, words: str) -> Reply | None:
    ready = best_answer(words, list_ready_answers(turn.tx, shop.shop_id))
    if ready is None:
        return None
    text = say("asking", "ready", question=ready.question, answer=ready.answer)
    return Reply((Text(text),), usual_after(turn.meeting, *_offered(turn, shop)))


def known_facts(shop: ShopStanding) -> Mapping[str, str]:
    """What this shop has said about itself, in the order people ask for it."""
    values = shop.hours, shop.address, shop.contact, shop.menu, shop.parking
    return {fact: value for fact, value in zip(FACTS, values, strict=True) if value}


def shop_meant(turn: Turn) -> ShopStanding | None:
    """The named shop, or the only one they know or could know."""
    return turn.shop(turn.meeting.joined or None)


def map_button(address: str) -> Button:
    target = f"{MAP}{quote(address, safe='')}"
    return Button(label=say("buttons", "open_map"), action=Action.LINK, target=target)


def call_button(number: str) -> Button:
    return Button(label=say("buttons", "call"), action=Action.CALL, target=number)


def pass_on_button(words: str, shop: ShopStanding | None) -> Button:
    """Says the same words again, to the owner this time."""
    extra = {"do": "pass_on"}
    if shop is not None:
        extra["shop"] = str(shop.shop_id)
    label = say("buttons", "pass_on")
    return Button(label=label, action=Action.SAY, target=words[: WORDS_MAX + 1], extra=extra)


def offers_to_pass_on(turn: Turn) -> bool:
    """Only what was typed, and says something."""
    is_typed = turn.said.do is None and turn.meeting.person.asking is None
    return is_typed and len(squeezed(turn.said.words)) >= ASKED_LENGTH_MIN


def _offered(turn: Turn, shop: ShopStanding) -> tuple[Button, ...]:
    return (pass_on_button(turn.said.words, shop),) if offers_to_pass_on(turn) else ()


def _bubble(shop: ShopStanding, fact: str, value: str) -> Bubble:
    words = say("shop_info", fact, shop=shop.name, value=value)
    match fact:
        case "place":
            return TextCard(title=shop.name, description=words, buttons=(map_button(value),))
        case "phone":
            return TextCard(title=shop.name, description=words, buttons=(call_button(value),))
        case _:
            return Text(words)
