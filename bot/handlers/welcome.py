"""The first words in a chat, a greeting at any time, and a shop's name said alone."""

from collections.abc import Sequence

from bot.handlers.joining import start_in
from bot.hearing.understanding import Meaning, squeezed
from bot.kakao_out import Reply
from bot.turns import CHOICES_MAX, Turn, Wish, plain, press, usual, which_shop
from bot.words import say
from domain.bubbles import Text
from storage.queries.customers import ShopStanding
from storage.queries.faces import list_usable_of

LEFT_OVER_MAX = 2
"""Letters beside a name, as in 연남빵집이요; with more of them something else was said, too."""


def greet(turn: Turn) -> Reply:
    joined, shops = turn.meeting.joined, turn.meeting.shops
    if joined:
        return plain(turn, _to_regular(turn, joined[0]))
    if len(shops) != 1:
        return plain(turn, say("welcome", "street", count=len(shops)))
    return plain(turn, _to_stranger(shops[0]))


def greet_named(turn: Turn, meaning: Meaning) -> Reply | None:
    """For who said nothing but a shop's name; None for anything else.

    A name that is spelt rightly is heard even where it sounds like a wish.
    """
    bare = squeezed(turn.said.words)
    shops = [one for one in turn.meeting.shops if bare and squeezed(one.name) == bare]
    if not shops and meaning is Meaning.UNKNOWN:
        near = turn.near(turn.meeting.shops)
        shops = [one for one in near if len(bare) - len(squeezed(one.name)) <= LEFT_OVER_MAX]
    if len(shops) > 1:
        return which_shop(say("help", "which_join"), "join", shops)
    return _greet_from(turn, shops[0]) if shops else None


def _greet_from(turn: Turn, shop: ShopStanding) -> Reply:
    """A name alone is no wish to join: who has not been asked for their age is asked with the
    shop's name, everybody else by a button.
    """
    if shop.is_member:
        return plain(turn, _to_regular(turn, shop))
    if turn.meeting.person.of_age_at is None:
        return start_in(turn, shop)
    about = press("join", None, shop.shop_id), press("shop_info", None, shop.shop_id)
    others = [one for one in usual(turn.meeting) if one.extra["do"] not in ("join", "shop_info")]
    return Reply((Text(_to_stranger(shop)),), (*about, *others[: CHOICES_MAX - len(about)]))


def wishes(turn: Turn) -> Sequence[Wish]:
    return [(list_usable_of, turn.customer_id)] if turn.meeting.joined else ()


def _to_regular(turn: Turn, shop: ShopStanding) -> str:
    """Their coupons are counted, one given by hand, too: an answer to them may say so, which as a
    message would be an advertisement (K14).
    """
    coupons = turn.find(list_usable_of, turn.customer_id) or ()
    return say("welcome", "regular", shop=shop.name, coupons=len(coupons))


def _to_stranger(shop: ShopStanding) -> str:
    return say("welcome", "stranger", shop=shop.name, welcome=shop.welcome)
