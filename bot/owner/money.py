"""남은 지원금 and 최근 결과: what is left, until when, and what came of the last news."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from bot.kakao_out import Reply
from bot.owner.times import spoken
from bot.owner.turns import OwnerTurn, button, reply
from bot.words import say
from campaigns.booking import get_price
from campaigns.drafts import try_draft
from campaigns.results import CampaignLine, list_campaigns
from domain.campaigns import CampaignState, SenderName
from domain.money import format_won
from domain.refusals import Invalid
from domain.subsidy import GrantState, WalletState
from storage.queries.drafts import DraftView
from storage.queries.stopping import list_booked
from storage.queries.wallets import find_wallet
from subsidy.closing import find_end
from subsidy.grants import GrantView, list_grants
from subsidy.money import shop_money

STATES: Mapping[CampaignState, str] = {
    CampaignState.BOOKED: "booked",
    CampaignState.RUNNING: "running",
    CampaignState.FINISHED: "finished",
    CampaignState.CANCELED: "canceled",
    CampaignState.MISSED: "missed",
    CampaignState.STUCK: "stuck",
}
SHOWN_MAX = 3
BODY_SHOWN_MAX = 30
BOOKED_TRIED_MAX = 20


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
        booked=format_won(booked) if (booked := _booked(turn)) else "",
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


def _cost(turn: OwnerTurn, draft: DraftView) -> int:
    """Of the free cash; what is short of it leaves nothing, or somebody out."""
    public_url = turn.turn.public_url
    return try_draft(turn.tx, turn.shop_id, draft, turn.at, public_url=public_url).free_jeon


def _booked(turn: OwnerTurn) -> int:
    """What the booked news will cost, as far as can be said today."""
    cost = 0
    for one in list_booked(turn.tx, turn.shop_id)[:BOOKED_TRIED_MAX]:
        draft = DraftView(form_key="", body=one.body, due_at=one.due_at)
        with suppress(Invalid):  # such as a shop without its number: it will not leave either
            cost += _cost(turn, draft)
    return cost


def show_results(turn: OwnerTurn) -> Reply:
    lines = list_campaigns(turn.tx, turn.shop_id, SHOWN_MAX)
    if not lines:
        return reply(turn, say("owner_money", "no_results"))
    words = "\n\n".join(_told(turn, line) for line in lines)
    is_booked = any(line.state is CampaignState.BOOKED for line in lines)
    first = (button(turn, "owner_cancel"),) if is_booked else ()
    return reply(turn, words, *first)


def _told(turn: OwnerTurn, line: CampaignLine) -> str:
    body = " ".join(line.body.split())
    return say(
        "owner_money",
        STATES[line.state],
        body=body if len(body) <= BODY_SHOWN_MAX else f"{body[:BODY_SHOWN_MAX]}…",
        when=spoken(line.due_at, turn.at),
        people=line.people,
        delivered=line.delivered,
        failed=line.failed,
        left_out=line.left_out,
        spent=format_won(line.spent_jeon),
    )
