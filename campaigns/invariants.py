"""The promises, checked in a database: what `dangol audit`, tests and screens rely on."""

from collections.abc import Callable, Mapping
from typing import Final

from campaigns.compose import Copy, draw
from domain.audit import Chains, Flaw
from domain.campaigns import MessageKind, SenderName
from domain.compliance import Sign
from domain.gate import SENDER_DAY
from domain.marks import flaw_of
from domain.money import cost_jeon
from domain.parts import parts_of
from loyalty.invariants import earned_and_used_once
from storage.desk import Tx
from storage.queries import invariants as books
from storage.queries.journal import FIRST_LINE, list_ends, list_lines
from subsidy.closing_months import check_statements
from subsidy.invariants import (
    holds_resolve_once,
    money_goes_home,
    nothing_overdrawn,
    transfers_make_balances,
)

VIOLATIONS_SHOWN_MAX = 20
LINES_MAX = 10_000
"""Lines of the audit log in memory at once."""

Check = Callable[[Tx], list[str]]


def check_invariants(tx: Tx) -> Mapping[str, list[str]]:
    """Violations by invariant, in words; an empty list is a promise kept. Reads only."""
    return {name: check(tx)[:VIOLATIONS_SHOWN_MAX] for name, check in CHECKS.items()}


def _runs_add_up(tx: Tx) -> list[str]:
    wrong = []
    for run in books.list_runs(tx):
        if run.recipients != run.messages:
            wrong.append(f"run {run.run_id}: {run.recipients} recipients, {run.messages} messages")
        if run.charged != run.charged_messages:
            wrong.append(f"run {run.run_id}: {run.charged} charged, {run.charged_messages} counted")
        if run.posted_jeon != cost_jeon(run.unit_jeon, run.charged, run.rounds_to_jeon):
            wrong.append(f"run {run.run_id}: {run.posted_jeon} jeon for {run.charged} people")
        if run.is_finished and run.open_jeon:
            wrong.append(f"run {run.run_id} is over and still holds {run.open_jeon} jeon")
    return wrong + [f"chunk {one} is miscounted" for one in books.list_miscounted(tx)]


def _nobody_twice(tx: Tx) -> list[str]:
    return [f"run {run}: customer {one} more than once" for run, one in books.list_doubles(tx)]


def _consent_at_leaving(tx: Tx) -> list[str]:
    return [f"message {one} left without consent" for one in books.list_without_consent(tx)]


def _hours_kept(tx: Tx) -> list[str]:
    return [
        f"chunk {chunk_id} left at {at.isoformat()}"
        for chunk_id, sender, at in books.list_leavings(tx)
        if not SENDER_DAY[SenderName(sender)].contains(at)
    ]


def _marks_there(tx: Tx) -> list[str]:
    wrong = []
    for one in books.list_words(tx):
        sign = Sign(name=one.shop_name, contact=one.contact, opt_out=one.opt_out)
        copy = Copy(one.sender, one.bubble, one.body, parts=parts_of(one.parts))
        bubble = draw(copy, sign, name=None, public_url="")
        flaw = flaw_of(MessageKind.ADVERTISEMENT, bubble, sign)
        if flaw is not None:
            wrong.append(f"campaign {one.campaign_id} breaks {flaw}")
    return wrong


def _refusals_heard(tx: Tx) -> list[str]:
    return [f"message {one} left after a refusal" for one in books.list_after_refusal(tx)]


def _log_is_whole(tx: Tx) -> list[str]:
    """I12: the audit log, and the closed months, whose hashes it holds."""
    chains = Chains(list_ends(tx))
    after = FIRST_LINE
    while lines := list_lines(tx, after, LINES_MAX):
        for line in lines:
            chains.follow(*line)
        after = lines[-1][:2]
    return [_flaw_words(one) for one in chains.finish()] + check_statements(tx)


def _flaw_words(flaw: Flaw) -> str:
    if flaw.told_number is None:
        return f"audit line {flaw.book}/{flaw.number} does not follow the one before it"
    if flaw.told_number == flaw.number:
        return f"book {flaw.book} ends with another hash than it says"
    return f"book {flaw.book} ends with line {flaw.number}, it says {flaw.told_number}"


CHECKS: Final[Mapping[str, Check]] = {
    "I1": transfers_make_balances,
    "I2": nothing_overdrawn,
    "I3": holds_resolve_once,
    "I4": _runs_add_up,
    "I5": _nobody_twice,
    "I6": _consent_at_leaving,
    "I7": _hours_kept,
    "I8": _marks_there,
    "I9": _refusals_heard,
    "I10": money_goes_home,
    "I11": earned_and_used_once,
    "I12": _log_is_whole,
}
