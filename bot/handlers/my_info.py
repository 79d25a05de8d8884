"""What is held about a person, in the chat itself (L48), and how to end it."""

from bot.kakao_out import Reply
from bot.turns import Turn, plain, press, usual, which_shop
from bot.words import say
from domain.bubbles import FactCard, Text
from loyalty.privacy import Held, show_held
from storage.queries.customers import ShopStanding

CHOICES_SHOWN_MAX = 8


def show(turn: Turn) -> Reply:
    joined = turn.meeting.joined
    if not joined:
        return plain(turn, say("my_info", "stranger"))
    shop = turn.shop(joined)
    if shop is None:
        return which_shop(say("my_info", "which"), "my_info", joined)
    if not shop.is_member:
        return plain(turn, say("my_info", "stranger"))
    held = show_held(turn.tx, shop.shop_id, turn.customer_id)
    phone = press("phone_forget") if held.phone else press("phone_ask")
    details = say(
        "my_info",
        "details",
        choices=held.choices[-CHOICES_SHOWN_MAX:],
        advertising_since=shop.advertising_since,
        phone=held.phone,
        contact=shop.contact,
    )
    return Reply((_card(shop, held), Text(details)), (*usual(turn.meeting), phone))


def leave(turn: Turn) -> Reply:
    """탈퇴: what can be done at once, and who does the rest."""
    shop = turn.shop(turn.meeting.joined or None)
    return plain(turn, say("my_info", "leave", contact=shop.contact if shop else None))


def _card(shop: ShopStanding, held: Held) -> FactCard:
    facts = {
        "since": say("my_info", "since", since=shop.joined_at),
        "visits": say("my_info", "visits", visits=shop.visits),
        "ads": _ads(shop),
        "phone": say("my_info", "phone", phone=held.phone),
    }
    labeled = ((say("my_info", f"{name}_label"), fact) for name, fact in facts.items())
    return FactCard(head=shop.name, facts=tuple(labeled))


def _ads(shop: ShopStanding) -> str:
    if shop.advertising_since is not None:
        return say("my_info", "ads_on", since=shop.advertising_since)
    if shop.withdrawn_at is not None:
        return say("my_info", "ads_withdrawn", at=shop.withdrawn_at)
    return say("my_info", "ads_off")
