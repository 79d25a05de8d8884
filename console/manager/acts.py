"""Acts on many: what waits for a second look, what was done, and what may still be undone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import whole_number
from console.keys import BOOKS, MANAGER, NOW, Manager
from domain.money import Jeon
from domain.people import ProposalId, ShopId
from domain.refusals import Conflict, OverBudget
from domain.subsidy import ProposalKind, ProposalState
from domain.tables import BadLine
from storage.desk import Tx
from storage.queries.bulk import list_shops_among
from storage.queries.closing import MoneyOut
from storage.queries.programs import ProgramView, get_program_view
from storage.queries.proposals import ProposalView, find_done_alike, list_proposals
from subsidy.acting import Acting
from subsidy.bulk import BadList, Bulk, confirm_grants, read_bulk
from subsidy.clawing import (
    Taking,
    claw_back,
    look_at_taking,
    quiet_days,
    restorable,
    shown_jeon,
    undo_claw_back,
)
from subsidy.closing import close_program, look_at_closing, shown_out
from subsidy.proposals import dismiss, get_proposal, why_not_by

PAGE_ROWS = 500
"""As many as an address takes."""

PAGES: Mapping[ProposalKind, str] = {
    ProposalKind.GRANTS: "manager/act_grants.html",
    ProposalKind.CLAW_BACK: "manager/act_clawing.html",
    ProposalKind.CLOSE_PROGRAM: "manager/act_closing.html",
}
Decide = Callable[[Tx, Acting, ProposalId, datetime], None]
DECIDES: Mapping[ProposalKind, Decide] = {
    ProposalKind.GRANTS: confirm_grants,
    ProposalKind.CLAW_BACK: claw_back,
    ProposalKind.CLOSE_PROGRAM: close_program,
}
NOT_ENOUGH = "예산에 남은 돈이 모자라 되돌리지 못했어요. 바뀐 것은 없어요."
TOO_LATE = "지원금의 기한이 모두 지나 되돌릴 것이 없어요."


@dataclass(frozen=True, slots=True, kw_only=True)
class ActView:
    """One act as it stands now; only what its kind has is filled in.

    `bar` is why who looks may not decide it (`why_not_by`), `given_at` when the very same list
    was given before, `is_of_quiet` False where one grant was chosen by itself.
    """

    proposal: ProposalView
    may_decide: bool
    may_undo: bool
    bar: str = ""
    given_at: datetime | None = None
    is_of_quiet: bool = True
    bulk: Bulk | None = None
    names: Mapping[ShopId, str] | None = None
    takings: Sequence[Taking] = ()
    back_jeon: int = 0
    out: MoneyOut | None = None

    @property
    def taken_jeon(self) -> Jeon:
        return Jeon(sum(one.taken_jeon for one in self.takings))


@dataclass(frozen=True, slots=True, kw_only=True)
class ActLine:
    """What a list says of an act: how much it was when it was proposed, of how many grants."""

    proposal: ProposalView
    amount_jeon: int
    grants: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActsView:
    program: ProgramView
    open: Sequence[ActLine]
    settled: Sequence[ActLine]


def acting(manager: Manager) -> Acting:
    return Acting(
        program_id=manager.program_id,
        market_id=manager.market_id,
        staff_id=manager.staff_id,
        actor=manager.actor,
    )


def act_id_of(request: web.Request) -> ProposalId:
    return ProposalId(int(request.match_info["id"]))


async def show_acts(request: web.Request) -> web.Response:
    manager = request[MANAGER]
    seen = await request.app[BOOKS].read(read_acts, manager)
    return await show(request, "manager/acts.html", seen=seen, manager=manager)


def read_acts(tx: Tx, manager: Manager) -> ActsView:
    found = list_proposals(tx, manager.program_id, manager.market_id)
    return ActsView(
        program=get_program_view(tx, manager.program_id),
        open=[_line(one) for one in found if one.state is ProposalState.OPEN],
        settled=[_line(one) for one in found if one.state is not ProposalState.OPEN],
    )


def _line(proposal: ProposalView) -> ActLine:
    match proposal.kind:
        case ProposalKind.GRANTS:
            bulk = read_bulk(proposal.content)
            jeon, grants = int(bulk.total_jeon), len(bulk.ready)
        case ProposalKind.CLAW_BACK:
            shown = shown_jeon(proposal)
            jeon, grants = sum(shown.values()), len(shown)
        case ProposalKind.CLOSE_PROGRAM:
            jeon, grants = shown_out(proposal)
    return ActLine(proposal=proposal, amount_jeon=jeon, grants=grants)


async def show_act(request: web.Request) -> web.Response:
    return await _show(request)


async def approve(request: web.Request) -> web.Response:
    """Everything of it in one transaction, after what people wait for."""
    books, by, act_id = request.app[BOOKS], acting(request[MANAGER]), act_id_of(request)
    at = request.app[NOW]()
    try:
        kind = await books.write_batch(_decide, by, act_id, at)
    except BadList as refusal:
        return await _show(request, wrong=refusal.fields["sheet"], bad=refusal.bad)
    await say(request, f"{kind}_done")
    return see_other(f"/manager/acts/{act_id}")


async def put_away(request: web.Request) -> web.Response:
    by, at = acting(request[MANAGER]), request.app[NOW]()
    await request.app[BOOKS].write(dismiss, by, act_id_of(request), at)
    await say(request, "act_dismissed")
    return see_other("/manager/acts")


async def undo(request: web.Request) -> web.Response:
    by, act_id, at = acting(request[MANAGER]), act_id_of(request), request.app[NOW]()
    try:
        await request.app[BOOKS].write_batch(undo_claw_back, by, act_id, at)
    except OverBudget:
        return await _show(request, wrong=NOT_ENOUGH)
    except Conflict as refusal:
        if refusal.reason != "undo_late":
            raise
        return await _show(request, wrong=TOO_LATE)
    await say(request, "act_undone")
    return see_other(f"/manager/acts/{act_id}")


def _decide(tx: Tx, by: Acting, act_id: ProposalId, at: datetime) -> ProposalKind:
    kind = get_proposal(tx, by, act_id).kind
    DECIDES[kind](tx, by, act_id, at)
    return kind


async def _show(
    request: web.Request, *, wrong: str = "", bad: Sequence[BadLine] = ()
) -> web.Response:
    manager, at = request[MANAGER], request.app[NOW]()
    seen = await request.app[BOOKS].read(read_act, manager, act_id_of(request), at)
    return await show(
        request,
        PAGES[seen.proposal.kind],
        status=422 if wrong else 200,
        seen=seen,
        wrong=wrong,
        bad=bad[:PAGE_ROWS],
        page=max(read_number(request.query.get("page", "")), 1),
        page_rows=PAGE_ROWS,
        manager=manager,
    )


def read_number(words: str) -> int:
    """0 for what is no number as our own pages write one."""
    return whole_number(words) or 0


def read_act(tx: Tx, manager: Manager, act_id: ProposalId, at: datetime) -> ActView:
    by = acting(manager)
    proposal = get_proposal(tx, by, act_id)
    is_open = proposal.state is ProposalState.OPEN
    bar = why_not_by(tx, by, proposal)
    view = ActView(
        proposal=proposal,
        may_decide=is_open and not bar and manager.may_act,
        may_undo=manager.staff_id in (proposal.made_by, proposal.decided_by),
        bar=bar,
    )
    match proposal.kind:
        case ProposalKind.GRANTS:
            return _with_grants(tx, view)
        case ProposalKind.CLAW_BACK:
            return _with_takings(tx, by, view, at)
        case ProposalKind.CLOSE_PROGRAM:
            return _with_money_out(tx, by, view, at)


def _with_grants(tx: Tx, view: ActView) -> ActView:
    bulk = read_bulk(view.proposal.content)
    shops = list_shops_among(tx, view.proposal.program_id, [one.shop_id for one in bulk.ready])
    names = {shop_id: shop.name for shop_id, shop in shops.items()}
    given_at = find_done_alike(tx, view.proposal)
    return replace(view, bulk=bulk, names=names, given_at=given_at, may_undo=False)


def _with_takings(tx: Tx, by: Acting, view: ActView, at: datetime) -> ActView:
    proposal = view.proposal
    view = replace(view, is_of_quiet=quiet_days(proposal) is not None)
    takings = look_at_taking(tx, by, proposal, at)
    if proposal.state is not ProposalState.DONE:
        return replace(view, takings=takings, may_undo=False)
    back = sum(restorable(tx, by, proposal, at).values())
    return replace(view, takings=takings, back_jeon=back, may_undo=view.may_undo and back > 0)


def _with_money_out(tx: Tx, by: Acting, view: ActView, at: datetime) -> ActView:
    return replace(view, out=look_at_closing(tx, by, at), may_undo=False)
