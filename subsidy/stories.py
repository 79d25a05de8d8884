"""What became of each grant, pot and wallet, as its shop's owner reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.money import Jeon
from domain.people import ShopId
from domain.subsidy import GrantState, TransferCode
from storage.desk import Tx
from storage.queries import grants as books
from storage.queries.account_history import CampaignCost, MoveRow, list_costs, list_moves
from storage.queries.grants import GrantRow, list_lots
from storage.queries.places import get_shop, list_markets
from storage.queries.programs import TermsView
from storage.queries.wallets import WalletView, find_wallet
from subsidy.grants import GrantView, view_grant
from subsidy.terms import get_terms_of_grant


class Why(StrEnum):
    """Why free cash lapsed: never started; its time ended; it came back after the end, and its
    terms gave it no days; or it was not used in those days.
    """

    UNSTARTED = "unstarted"
    ENDED = "ended"
    RETURNED = "returned"
    RETURNED_UNUSED = "returned_unused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    why: Why
    amount_jeon: Jeon
    happened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantStory:
    """`terms` only while the grant waits to be started; `moves` are neither its own giving nor
    lapses.
    """

    grant: GrantView
    terms: TermsView | None
    lapses: Sequence[Lapse]
    moves: Sequence[MoveRow]
    costs: Sequence[CampaignCost]


@dataclass(frozen=True, slots=True, kw_only=True)
class PotStory:
    """Free cash that a market shares: how much of it this shop may still use, and did use."""

    market_name: str
    grant: GrantView
    usable_jeon: Jeon
    cap_jeon: Jeon | None
    moves: Sequence[MoveRow]
    costs: Sequence[CampaignCost]


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletStory:
    """`wallet` is None before the first top-up."""

    wallet: WalletView | None
    moves: Sequence[MoveRow]
    costs: Sequence[CampaignCost]


def list_grant_stories(tx: Tx, shop_id: ShopId, at: datetime) -> list[GrantStory]:
    """The shop's own grants, soonest end first."""
    return [_grant_story(tx, shop_id, row, at) for row in books.list_grants(tx, shop_id)]


def list_pot_stories(tx: Tx, shop_id: ShopId, at: datetime) -> list[PotStory]:
    """Those of the shop's market that have been started."""
    lots = {lot.grant_id: lot for lot in list_lots(tx, shop_id, None, at) if lot.is_pot}
    stories = []
    shop = get_shop(tx, shop_id)
    names = {market_id: name for market_id, name, _ in list_markets(tx, shop.program_id)}
    for row in books.list_pots(tx, shop.market_id):
        grant = view_grant(row, at)
        lot = lots.get(row.grant_id)
        if grant.started_at is None:
            continue
        stories.append(
            PotStory(
                market_name=names[shop.market_id],
                grant=grant,
                usable_jeon=Jeon(max(lot.left_jeon, 0) if lot else 0),
                cap_jeon=lot.cap_jeon if lot else None,
                moves=[
                    one
                    for one in list_moves(tx, shop_id, row.account_id)
                    if one.code is TransferCode.BY_HAND
                ],
                costs=list_costs(tx, shop_id, row.account_id),
            )
        )
    return stories


def wallet_story(tx: Tx, shop_id: ShopId) -> WalletStory:
    wallet = find_wallet(tx, shop_id)
    if wallet is None:
        return WalletStory(wallet=None, moves=(), costs=())
    return WalletStory(
        wallet=wallet,
        moves=list_moves(tx, shop_id, wallet.account_id),
        costs=list_costs(tx, shop_id, wallet.account_id),
    )


def _grant_story(tx: Tx, shop_id: ShopId, row: GrantRow, at: datetime) -> GrantStory:
    grant = view_grant(row, at)
    moves = list_moves(tx, shop_id, row.account_id)
    is_offered = grant.state is GrantState.OFFERED
    return GrantStory(
        grant=grant,
        terms=get_terms_of_grant(tx, shop_id, row.grant_id) if is_offered else None,
        lapses=_lapses(row, grant, moves),
        moves=[one for one in moves if one.code not in (TransferCode.GRANT, TransferCode.LAPSE)],
        costs=list_costs(tx, shop_id, row.account_id),
    )


def _lapses(row: GrantRow, grant: GrantView, moves: Sequence[MoveRow]) -> list[Lapse]:
    """The oldest first; what is over and not written down yet counts as well."""
    written = [
        Lapse(
            why=_why(row, one.happened_at),
            amount_jeon=one.amount_jeon,
            happened_at=one.happened_at,
        )
        for one in reversed(moves)
        if one.code is TransferCode.LAPSE
    ]
    rest = grant.lapsed_jeon - sum(one.amount_jeon for one in written)
    if rest <= 0:
        return written
    why = Why.UNSTARTED if row.started_at is None else Why.ENDED
    return [*written, Lapse(why=why, amount_jeon=Jeon(rest), happened_at=row.expires_at)]


def _why(row: GrantRow, happened_at: datetime) -> Why:
    if row.started_at is None:
        return Why.UNSTARTED
    if row.lapsed_at is None or happened_at <= row.lapsed_at:
        return Why.ENDED
    has_days = row.returned_until > row.expires_at
    is_after = has_days and happened_at >= row.returned_until
    return Why.RETURNED_UNUSED if is_after else Why.RETURNED
