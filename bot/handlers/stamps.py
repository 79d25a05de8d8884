"""Stamps: the card in hand, the number for the counter, the number from a shop's QR."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from bot.handlers.codes import code_wish, visit_code
from bot.handlers.joining import start, start_for_stamp, welcome
from bot.hearing.understanding import digits_in
from bot.kakao_out import Reply
from bot.turns import CHOICES_MAX, Turn, Wish, plain, press, usual, which_shop
from bot.words import say
from domain.bubbles import FactCard, Text
from domain.refusals import Conflict, NotFound
from loyalty.card_faces import CardFace, list_faces
from loyalty.tallies import find_standing
from loyalty.visits import Stamped, claim_visit
from storage.queries.customers import ShopStanding

REFUSED = {
    "code_used": "code_used",
    "code_lapsed": "code_lapsed",
    "day_limit": "day_limit",
    "too_many_tries": "too_many_tries",
}
"""Why a shop's number was not taken, and the words for it."""


def show(turn: Turn) -> Reply:
    joined = turn.meeting.joined
    shop = turn.shop(joined) if joined else None
    if joined and shop is None:
        return _ask_which(turn, joined)
    if shop is None or not shop.is_member:
        return plain(turn, say("stamps", "stranger"))
    face = turn.find(list_faces, (shop.shop_id, turn.customer_id))
    if face is None:
        return plain(turn, say("stamps", "no_card", shop=shop.name, visits=shop.visits))
    if not face.has_begun:
        facts = {"shop": shop.name, "needed": face.card.needed, "title": face.reward}
        return plain(turn, say("stamps", "not_begun", **facts))
    return Reply((_card(shop, face),), usual(turn.meeting))


def wishes(turn: Turn) -> Sequence[Wish]:
    joined = turn.meeting.joined
    shop = turn.shop(joined) if joined else None
    return [(list_faces, (shop.shop_id, turn.customer_id))] if shop and shop.is_member else ()


def show_code(turn: Turn) -> Reply:
    """L44: who has not said to be 14 or older is asked first."""
    if turn.meeting.person.of_age_at is None:
        return start_for_stamp(turn)
    return Reply((visit_code(turn),), usual(turn.meeting))


def wishes_for_code(turn: Turn) -> Sequence[Wish]:
    is_asked = turn.meeting.person.of_age_at is None
    return () if is_asked else [code_wish(turn)]


def claim(turn: Turn) -> Reply:
    """A visit proven by the six digits of a shop's QR page."""
    if turn.meeting.person.of_age_at is None:
        asked = start(turn)
        return replace(asked, bubbles=(Text(say("stamps", "age_first")), *asked.bubbles))
    digits = digits_in(turn.said.words)
    claimed = claim_visit(turn.tx, turn.channel_id, turn.customer_id, digits, turn.at)
    match claimed:
        case Stamped():
            return _claimed(turn, claimed)
        case NotFound():
            return plain(turn, say("stamps", "code_unknown"))
        case Conflict():
            return plain(turn, say("stamps", REFUSED[claimed.reason], **claimed.facts))
        case _:
            assert_never(claimed)


def _claimed(turn: Turn, stamped: Stamped) -> Reply:
    shop = turn.meeting.shop(stamped.shop_id)
    if stamped.is_repeated:
        return plain(turn, say("stamps", "already", shop=shop.name, card=stamped.card))
    block = "stamped" if stamped.stamps else "visited"
    facts = {"stamps": stamped.stamps, "card": stamped.card, "visits": stamped.visits}
    words = [say("stamps", block, shop=shop.name, **facts)]
    words += [
        say("stamps", "earned", title=coupon.title, expires_at=coupon.expires_at)
        for coupon in stamped.earned
    ]
    words += [say("stamps", "paid", title=title) for title in stamped.paid]
    first = Text("\n\n".join(words))
    return Reply((first,), usual(turn.meeting)) if shop.is_member else welcome(turn, shop, first)


def _ask_which(turn: Turn, joined: list[ShopStanding]) -> Reply:
    shops = [
        (shop.name, find_standing(turn.tx, shop.shop_id, turn.customer_id, turn.at))
        for shop in joined[:CHOICES_MAX]
    ]
    return which_shop(say("stamps", "which", shops=shops), "my_stamps", joined)


def _card(shop: ShopStanding, face: CardFace) -> FactCard:
    card = face.card
    facts = {
        "card": say("stamps", "card", number=card.number),
        "stamps": say("stamps", "stamps", stamps=card.stamps, needed=card.needed),
        "reward": say("stamps", "reward", title=face.reward, is_owed=face.is_reward_owed),
        "visits": say("stamps", "visits", visits=shop.visits),
    }
    if face.gift:
        place, title = face.gift
        facts["gift"] = say("stamps", "gift", place=place, title=title, is_owed=face.is_gift_owed)
    if card.lapses_at:
        facts["until"] = say("stamps", "until", lapses_at=card.lapses_at)
    return FactCard(
        head=shop.name,
        facts=tuple((say("stamps", f"{name}_label"), fact) for name, fact in facts.items()),
        title=_outlook(face),
        buttons=(press("stamp_code"), press("my_coupons")),
    )


def _outlook(face: CardFace) -> str:
    """What filling the card will bring; nothing that was used already is promised again."""
    left = face.card.needed - face.card.stamps
    if not left:
        return say("stamps", "full")
    if face.is_reward_owed:
        return say("stamps", "owed")
    return say("stamps", "more", left=left, title=face.reward)
