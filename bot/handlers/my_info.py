"""What is held about a person, in the chat itself (L48)."""

from bot.kakao_out import Reply
from bot.turns import Turn, plain, press, which_shop
from bot.words import say
from domain.bubbles import Bubble, Button, FactCard, Text
from loyalty.privacy import Held, show_held
from storage.queries.customers import ShopStanding

CHOICES_SHOWN_MAX = 8
NOTES_SHOWN_MAX = 4
"""Of the longest notes this many fit into one bubble."""


def show(turn: Turn) -> Reply:
    joined = turn.meeting.joined
    if not joined:
        return plain(turn, say("my_info", "stranger"))
    shop = turn.shop(joined)
    if shop is None:
        return which_shop(say("my_info", "which"), "my_info", joined)
    if not shop.is_member:
        return plain(turn, say("my_info", "stranger"))
    held = show_held(turn.tx, shop.shop_id, turn.customer_id, turn.at)
    bubbles: list[Bubble] = [_card(shop, held), Text(_details(shop, held))]
    if held.notes:
        shown = held.notes[:NOTES_SHOWN_MAX]
        bubbles.append(Text(say("my_info", "notes", count=len(held.notes), shown=shown)))
    return Reply(tuple(bubbles), _ways_on(shop, held))


def _ways_on(shop: ShopStanding, held: Held) -> tuple[Button, ...]:
    """All that can be changed here, each in one tap."""
    return (
        press("my_stamps"),
        press("my_coupons"),
        press("stop" if shop.advertising_since else "ads_ask"),
        press("told_off" if shop.is_told else "told_on"),
        press("phone_forget" if held.phone else "phone_ask"),
        press("birthday_forget" if held.birthday else "birthday_ask"),
        press("erase_ask"),
        press("help"),
    )


def _details(shop: ShopStanding, held: Held) -> str:
    return say(
        "my_info",
        "details",
        choices=held.choices[-CHOICES_SHOWN_MAX:],
        advertising_since=shop.advertising_since,
        phone=held.phone,
        birthday=held.birthday,
        notes=len(held.notes),
        contact=shop.contact,
    )


def _card(shop: ShopStanding, held: Held) -> FactCard:
    facts = {
        "since": say("my_info", "since", since=shop.joined_at),
        "visits": say("my_info", "visits", visits=shop.visits),
        "stamps": say("my_info", "stamps", card=held.card),
        "coupons": say("my_info", "coupons", count=len(held.coupons)),
        "ads": _ads(shop),
        "told": say("my_info", "told", is_told=shop.is_told),
        "phone": say("my_info", "phone", phone=held.phone),
        "birthday": say("my_info", "birthday", birthday=held.birthday),
    }
    if held.name:
        facts["name"] = say("my_info", "name", name=held.name)
    labeled = ((say("my_info", f"{name}_label"), fact) for name, fact in facts.items())
    return FactCard(head=shop.name, facts=tuple(labeled))


def _ads(shop: ShopStanding) -> str:
    if shop.advertising_since is not None:
        return say("my_info", "ads_on", since=shop.advertising_since)
    if shop.withdrawn_at is not None:
        return say("my_info", "ads_withdrawn", at=shop.withdrawn_at)
    return say("my_info", "ads_off")
