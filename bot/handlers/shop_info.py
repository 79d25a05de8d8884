"""Hours, address and telephone of a shop: an answer, and nothing that advertises."""

from bot.kakao_out import Reply
from bot.turns import Turn, plain, which_shop
from bot.words import say


def show(turn: Turn) -> Reply:
    shop = turn.shop()
    if shop is None:
        return which_shop(say("shop_info", "which"), "shop_info", turn.meeting.shops)
    return plain(
        turn,
        say(
            "shop_info",
            "shop",
            name=shop.name,
            hours=shop.hours,
            address=shop.address,
            contact=shop.contact,
        ),
    )
