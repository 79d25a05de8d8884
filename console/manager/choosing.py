"""Choosing many shops' grants: to call back what is unused, or to give more time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from multidict import MultiMapping

from console.answers import say, see_other, show
from console.forms import Form, new_key, read_form, read_last_day
from console.keys import BOOKS, MANAGER, NOW, Manager
from console.manager.acts import acting, read_number
from domain.people import CohortId, GrantId, MarketId, ProposalId
from domain.refusals import Conflict, Invalid
from storage.desk import Tx
from storage.queries.clawing import ShopGrant
from storage.queries.places import list_markets
from storage.queries.programs import CohortView, list_cohorts
from subsidy.clawing import Quiet, look_for_quiet, propose_claw_back
from subsidy.extending import AT_ONCE, Dates, TooLate, extend_grants, list_ending

DAYS = 30
DAYS_MAX = 3650
SHOWN_MAX = 500
NAMED_MAX = 3
NOTHING = "고른 지원금이 없어요."


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which shops: `days` without a message, or until the grant ends."""

    days: int = DAYS
    market_id: MarketId | None = None
    cohort_id: CohortId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """`grants` are all that fit; a page shows the first 500."""

    chosen: Chosen
    grants: Sequence[ShopGrant]
    markets: Sequence[tuple[MarketId, str, str]]
    cohorts: Sequence[CohortView]

    @property
    def free_jeon(self) -> int:
        return sum(one.left_jeon for one in self.grants)

    @property
    def held_jeon(self) -> int:
        return sum(one.held_jeon for one in self.grants)


async def show_quiet(request: web.Request) -> web.Response:
    wrong = check_days(request.query)
    return await _show_quiet(request, read_chosen(request.query), _asked(request), wrong)


async def claw(request: web.Request) -> web.Response:
    """Makes the proposal; a second person approves it."""
    form = await read_form(request)
    manager, at = request[MANAGER], request.app[NOW]()
    chosen = read_chosen(form.texts)
    if wrong := check_days(form.texts):
        return await _show_quiet(request, chosen, form, wrong)
    try:
        act_id = await request.app[BOOKS].write_batch(_propose, manager, chosen, form, at)
    except Conflict as refusal:
        if refusal.reason != "nothing_chosen":
            raise
        return await _show_quiet(request, chosen, form, {"grants": NOTHING})
    except Invalid as refusal:
        return await _show_quiet(request, chosen, form, refusal.fields)
    await say(request, "act_proposed")
    return see_other(f"/manager/acts/{act_id}")


async def show_ending(request: web.Request) -> web.Response:
    wrong = check_days(request.query)
    return await _show_ending(request, read_chosen(request.query), _asked(request), wrong)


async def extend(request: web.Request) -> web.Response:
    form = await read_form(request)
    chosen = read_chosen(form.texts)
    if wrong := check_days(form.texts):
        return await _show_ending(request, chosen, form, wrong)
    try:
        await _extend(request, chosen, form)
    except TooLate as refusal:
        return await _show_ending(request, chosen, form, late=dict(refusal.grants))
    except Invalid as refusal:
        return await _show_ending(request, chosen, form, refusal.fields)
    except Conflict as refusal:
        if refusal.reason != "nothing_chosen":
            raise
        return await _show_ending(request, chosen, form, {"grants": NOTHING})
    await say(request, "grants_extended")
    return see_other("/manager/extend")


def read_chosen(words: Mapping[str, str] | MultiMapping[str]) -> Chosen:
    """What is no number stays at its usual value; what `days` says wrongly `check_days` tells."""
    return Chosen(
        days=DAYS if check_days(words) else read_number(words.get("days", "")) or DAYS,
        market_id=MarketId(read_number(words.get("market", ""))) or None,
        cohort_id=CohortId(read_number(words.get("cohort", ""))) or None,
    )


def check_days(words: Mapping[str, str] | MultiMapping[str]) -> Mapping[str, str]:
    """What is wrong with the number of days, by field; nothing said is the usual one."""
    said = words.get("days", "")
    if not said or 1 <= read_number(said) <= DAYS_MAX:
        return {}
    return {"days": f"1일에서 {DAYS_MAX:,}일 사이로 적어 주세요."}


def _asked(request: web.Request) -> Form:
    return Form({"days": request.query.get("days", "")})


def look_quiet(tx: Tx, manager: Manager, chosen: Chosen, at: datetime) -> Choice:
    return _choice(tx, manager, chosen, look_for_quiet(tx, acting(manager), _quiet(chosen), at))


def look_ending(tx: Tx, manager: Manager, chosen: Chosen, at: datetime) -> Choice:
    found = list_ending(
        tx,
        acting(manager),
        chosen.market_id,
        chosen.cohort_id,
        until=at + timedelta(days=chosen.days),
        at=at,
    )
    return _choice(tx, manager, chosen, found)


def _choice(tx: Tx, manager: Manager, chosen: Chosen, grants: Sequence[ShopGrant]) -> Choice:
    return Choice(
        chosen=chosen,
        grants=grants,
        markets=[] if manager.market_id else list_markets(tx, manager.program_id),
        cohorts=list_cohorts(tx, manager.program_id),
    )


def _quiet(chosen: Chosen) -> Quiet:
    return Quiet(days=chosen.days, market_id=chosen.market_id, cohort_id=chosen.cohort_id)


def _propose(tx: Tx, manager: Manager, chosen: Chosen, form: Form, at: datetime) -> ProposalId:
    found = look_for_quiet(tx, acting(manager), _quiet(chosen), at)
    return propose_claw_back(
        tx,
        acting(manager),
        _quiet(chosen),
        _kept(found, form),
        form_key=form.text("form_key"),
        at=at,
    )


async def _extend(request: web.Request, chosen: Chosen, form: Form) -> None:
    manager, at = request[MANAGER], request.app[NOW]()
    starts_only = form.text("start_by") and not form.text("expires_at")
    dates = Dates(
        start_by=read_last_day(form, "start_by") if form.text("start_by") else None,
        expires_at=None if starts_only else read_last_day(form, "expires_at"),
    )
    await request.app[BOOKS].write_batch(_extend_chosen, manager, chosen, form, dates, at=at)


def _extend_chosen(
    tx: Tx, manager: Manager, chosen: Chosen, form: Form, dates: Dates, *, at: datetime
) -> None:
    """Only what stood on the page: what has come to end soon meanwhile was not looked at."""
    shown = set(form.raw("shown").split(","))
    ending = look_ending(tx, manager, chosen, at).grants
    found = [one for one in ending if str(one.grant_id) in shown]
    extend_grants(tx, acting(manager), _kept(found, form), dates, at)


def _kept(found: Sequence[ShopGrant], form: Form) -> list[GrantId]:
    """All that fit but those that were left out."""
    return [one.grant_id for one in found if not form.text(f"leave_{one.grant_id}")]


def _named(late: Mapping[GrantId, str], seen: Choice) -> str:
    names = dict.fromkeys(one.shop_name for one in seen.grants if one.grant_id in late)
    first = ", ".join(list(names)[:NAMED_MAX]) + (" 등" if len(names) > NAMED_MAX else "")
    reasons = " ".join(sorted(set(late.values())))
    whose = f"{first}의 " if first else ""
    return f"{whose}지원금 {len(late):,}건을 늘릴 수 없어서 하나도 늘리지 않았어요. {reasons}"


async def _show_quiet(
    request: web.Request, chosen: Chosen, form: Form, wrong: Mapping[str, str]
) -> web.Response:
    manager, at = request[MANAGER], request.app[NOW]()
    seen = await request.app[BOOKS].read(look_quiet, manager, chosen, at)
    return await _show(request, "manager/claw_back.html", seen, form, wrong)


async def _show_ending(
    request: web.Request,
    chosen: Chosen,
    form: Form,
    wrong: Mapping[str, str] | None = None,
    *,
    late: Mapping[GrantId, str] | None = None,
) -> web.Response:
    """`late`: which grants cannot have the dates, and why."""
    manager, at = request[MANAGER], request.app[NOW]()
    seen = await request.app[BOOKS].read(look_ending, manager, chosen, at)
    if late:
        wrong = {"grants": _named(late, seen)}
    return await _show(request, "manager/extend.html", seen, form, wrong or {}, late=late or {})


async def _show(
    request: web.Request,
    name: str,
    seen: Choice,
    form: Form,
    wrong: Mapping[str, str],
    **others: object,
) -> web.Response:
    return await show(
        request,
        name,
        status=422 if wrong else 200,
        seen=seen,
        form=form,
        wrong=wrong,
        shown_max=SHOWN_MAX,
        at_once=AT_ONCE,
        form_key=form.text("form_key") or new_key(),
        manager=request[MANAGER],
        **others,
    )
