"""남은 지원금: what is left, and until when."""

from datetime import datetime

from bot.kakao_out import Reply
from bot.owner.turns import OwnerTurn, button, reply
from bot.words import say
from campaigns.booking import get_price
from domain.campaigns import SenderName
from domain.money import format_won
from domain.subsidy import GrantState, WalletState
from storage.queries.campaigns import sum_promised
from storage.queries.wallets import find_wallet
from subsidy.closing import find_end
from subsidy.grants import GrantView, list_grants
from subsidy.money import shop_money

SHOWN_MAX = 3


def show_money(turn: OwnerTurn) -> Reply:
    money = shop_money(turn.tx, turn.shop_id, turn.at)
    unit = get_price(turn.tx, SenderName.KAKAO_EVENT, turn.at).unit_jeon
    grants = sorted(
        (
            one
            for one in list_grants(turn.tx, turn.shop_id, turn.at)
            if one.state in (GrantState.STARTED, GrantState.EXPIRED) and one.left_jeon
        ),
        key=_last_use,
    )
    words = say(
        "owner_money",
        "left",
        left=format_won(money.left_jeon),
        people=money.left_jeon // unit,
        held=format_won(money.held_jeon) if money.held_jeon else "",
        booked=format_won(booked) if (booked := sum_promised(turn.tx, turn.shop_id)) else "",
        offered=format_won(money.offered_jeon) if money.offered_jeon else "",
        ending=[(_last_use(one), format_won(one.left_jeon)) for one in grants[:SHOWN_MAX]],
        pots=format_won(money.pot_left_jeon) if money.pot_left_jeon else "",
        pot_people=money.pot_left_jeon // unit,
        own=format_won(money.own_left_jeon) if money.own_left_jeon else "",
        wallet=_wallet_state(turn),
        taken=format_won(taken) if (taken := _taken_back(turn)) else "",
        has_ended=find_end(turn.tx, turn.shop_id) is not None,
    )
    first = (button(turn, "owner_console"),) if money.offered_jeon else ()
    return reply(turn, words, *first)


def _taken_back(turn: OwnerTurn) -> int:
    """Of the grants that were called back."""
    grants = list_grants(turn.tx, turn.shop_id, turn.at)
    return sum(one.elsewhere_jeon for one in grants if one.state is GrantState.CLAWED_BACK)


def _last_use(grant: GrantView) -> datetime:
    """What came back to a grant that is over may be used while its terms allow."""
    return grant.returned_until if grant.state is GrantState.EXPIRED else grant.expires_at


def _wallet_state(turn: OwnerTurn) -> str:
    wallet = find_wallet(turn.tx, turn.shop_id)
    return wallet.state if wallet else WalletState.IN_USE
