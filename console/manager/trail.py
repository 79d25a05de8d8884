"""The trail of every won: grant, campaign, chunk, person, receipt, transfer, and back again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web

from console.answers import see_other, show
from console.forms import whole_number
from console.keys import BOOKS, MANAGER
from domain.people import AccountId, CampaignId, ChunkId, GrantId, MessageId
from domain.refusals import NotFound
from storage.desk import Tx
from storage.queries import trail as money
from storage.queries import trail_sendings as sendings
from storage.queries.trail import ROWS_MAX, AccountView, Sight, TransferView
from storage.queries.trail_sendings import CampaignTrail, ChunkTrail, MessageTrail, PaidRun, Payer

T = TypeVar("T")
REF_MAX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    account: AccountView
    transfers: Sequence[TransferView]
    runs: Sequence[PaidRun]
    children: Sequence[AccountView]
    next_before: int | None
    next_run: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPage:
    campaign: CampaignTrail
    payers: Sequence[Payer]
    chunks: Sequence[ChunkTrail]
    next_after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkPage:
    chunk: ChunkTrail
    transfers: Sequence[TransferView]
    messages: Sequence[MessageTrail]
    next_after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    message: MessageTrail
    chunk: ChunkTrail | None
    transfers: Sequence[TransferView]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferPage:
    transfer: TransferView
    hold: TransferView | None
    resolutions: Sequence[TransferView]


async def show_trail(request: web.Request) -> web.Response:
    """Where to begin: what a provider calls a request, or an account."""
    ref, after = request.query.get("ref", "").strip()[:REF_MAX], number_in(request, "after") or 0
    books, sight = request.app[BOOKS], sight_of(request)
    found = await books.read(sendings.list_chunks_by_ref, sight, ref) if ref else []
    if len(found) == 1:
        return see_other(f"/manager/trail/chunks/{found[0].chunk_id}")
    accounts = await books.read(money.list_accounts, sight, after=after)
    accounts, next_after = cut(accounts, lambda one: one.account_id)
    return await show(
        request,
        "manager/trail.html",
        manager=request[MANAGER],
        ref=ref,
        found=found,
        accounts=accounts,
        next_after=next_after,
    )


async def show_account(request: web.Request) -> web.Response:
    before, runs_before = number_in(request, "before"), number_in(request, "run")
    page = await request.app[BOOKS].read(
        read_account, sight_of(request), AccountId(id_in(request)), before, runs_before
    )
    return await show(request, "manager/trail_account.html", manager=request[MANAGER], page=page)


async def find_grant(request: web.Request) -> web.Response:
    """A grant's number leads to its account."""
    account = await request.app[BOOKS].read(
        money.find_account_of_grant, sight_of(request), GrantId(id_in(request))
    )
    return see_other(f"/manager/trail/accounts/{there(account, 'grant').account_id}")


async def show_campaign(request: web.Request) -> web.Response:
    after = number_in(request, "after")
    page = await request.app[BOOKS].read(
        read_campaign, sight_of(request), CampaignId(id_in(request)), -1 if after is None else after
    )
    return await show(request, "manager/trail_campaign.html", manager=request[MANAGER], page=page)


async def show_chunk(request: web.Request) -> web.Response:
    page = await request.app[BOOKS].read(
        read_chunk, sight_of(request), ChunkId(id_in(request)), number_in(request, "after") or 0
    )
    return await show(request, "manager/trail_chunk.html", manager=request[MANAGER], page=page)


async def show_message(request: web.Request) -> web.Response:
    page = await request.app[BOOKS].read(read_message, sight_of(request), MessageId(id_in(request)))
    return await show(request, "manager/trail_message.html", manager=request[MANAGER], page=page)


async def show_transfer(request: web.Request) -> web.Response:
    page = await request.app[BOOKS].read(read_transfer, sight_of(request), id_in(request))
    return await show(request, "manager/trail_transfer.html", manager=request[MANAGER], page=page)


def read_account(
    tx: Tx, sight: Sight, account_id: AccountId, before: int | None, runs_before: int | None
) -> AccountPage:
    account = there(money.find_account(tx, sight, account_id), "account")
    transfers = money.list_of_account(tx, sight, account_id, before=before)
    transfers, next_before = cut(transfers, lambda one: one.transfer_id)
    runs = sendings.list_paid_runs(tx, sight, account_id, before=runs_before)
    runs, next_run = cut(runs, lambda one: one.run_id)
    return AccountPage(
        account=account,
        transfers=transfers,
        runs=runs,
        children=money.list_children(tx, sight, account_id),
        next_before=next_before,
        next_run=next_run,
    )


def read_campaign(tx: Tx, sight: Sight, campaign_id: CampaignId, after: int) -> CampaignPage:
    campaign = there(sendings.find_campaign(tx, sight, campaign_id), "campaign")
    if campaign.run_id is None:
        return CampaignPage(campaign=campaign, payers=(), chunks=(), next_after=None)
    chunks = sendings.list_chunks(tx, sight, campaign.run_id, after=after)
    chunks, next_after = cut(chunks, lambda one: one.number)
    return CampaignPage(
        campaign=campaign,
        payers=sendings.list_payers(tx, sight, campaign.run_id),
        chunks=chunks,
        next_after=next_after,
    )


def read_chunk(tx: Tx, sight: Sight, chunk_id: ChunkId, after: int) -> ChunkPage:
    chunk = there(sendings.find_chunk(tx, sight, chunk_id), "chunk")
    messages = sendings.list_messages(tx, sight, chunk_id, after=after)
    messages, next_after = cut(messages, lambda one: one.message_id)
    return ChunkPage(
        chunk=chunk,
        transfers=money.list_of_chunk(tx, sight, chunk_id),
        messages=messages,
        next_after=next_after,
    )


def read_message(tx: Tx, sight: Sight, message_id: MessageId) -> MessagePage:
    message = there(sendings.find_message(tx, sight, message_id), "message")
    if message.chunk_id is None:
        return MessagePage(message=message, chunk=None, transfers=())
    return MessagePage(
        message=message,
        chunk=sendings.find_chunk(tx, sight, message.chunk_id),
        transfers=money.list_of_chunk(tx, sight, message.chunk_id),
    )


def read_transfer(tx: Tx, sight: Sight, transfer_id: int) -> TransferPage:
    transfer = there(money.find_transfer(tx, sight, transfer_id), "transfer")
    hold_id = transfer.hold_id
    return TransferPage(
        transfer=transfer,
        hold=money.find_transfer(tx, sight, hold_id) if hold_id else None,
        resolutions=money.list_resolutions(tx, sight, transfer_id),
    )


def sight_of(request: web.Request) -> Sight:
    manager = request[MANAGER]
    return Sight(manager.program_id, manager.market_id)


def there(found: T | None, what: str) -> T:
    """Raises NotFound: also for what is there and beyond one's sight."""
    if found is None:
        raise NotFound(what)
    return found


def cut(rows: list[T], key: Callable[[T], int]) -> tuple[list[T], int | None]:
    """A page, and where the next one begins if there is one."""
    page = rows[:ROWS_MAX]
    return page, key(page[-1]) if len(rows) > ROWS_MAX else None


def id_in(request: web.Request) -> int:
    return int(request.match_info["id"])


def number_in(request: web.Request, name: str) -> int | None:
    """A number of the address; anything else is as if it were not there."""
    return whole_number(request.query.get(name, ""))
