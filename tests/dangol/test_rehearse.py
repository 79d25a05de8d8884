"""A program lived through with faults: every promise kept, and a broken one found."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

import pytest

from campaigns import gate, leaving, settle, showing
from campaigns.compose import compose_message
from campaigns.senders.kakao_event import KakaoEventSender
from dangol.cli import main
from dangol.rehearsal import luck
from dangol.rehearsal.luck import ODDS, Odds
from dangol.rehearsal.outcome import Outcome, tell
from dangol.rehearsal.values import Level, Options
from dangol.rehearse import rehearse_in
from domain.bubbles import Bubble, ListCard
from domain.campaigns import Batch
from domain.gate import ALLOWED, Content, Recipient, Verdict, judge, judge_content
from domain.time import Window, in_kst, kst_instant
from simulator.handset import Handset
from storage.desk import Tx
from subsidy.holding import Charge, settle_money

SHOPS, DAYS, ALL_PARTS = 3, 14, 5
LIVES = [
    (Level.NONE, 1),
    (Level.NONE, 2),
    (Level.SOME, 3),
    (Level.SOME, 4),
    (Level.MANY, 5),
    (Level.MANY, 6),
]


def options(level: Level, seed: int, *, shops: int = SHOPS, days: int = DAYS) -> Options:
    return Options(shops=shops, days=days, seed=seed, level=level)


@pytest.mark.parametrize(("level", "seed"), LIVES)
async def test_every_promise_is_kept_whatever_happens(
    database_url: str, level: Level, seed: int
) -> None:
    outcome = await rehearse_in(options(level, seed), database_url)

    assert outcome["violations"] == {}
    assert outcome["problems"] == []
    assert outcome["is_good"]
    assert len(outcome["invariants"]) == 12
    assert outcome["messages"]["delivered"] > 0
    assert outcome["did"]["months_closed"] == 1
    assert outcome["did"]["budget_cuts"] >= 1
    assert bool(outcome["injected"]) is (level is not Level.NONE)
    assert bool(outcome["restarts"]) is (level is not Level.NONE)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_without_faults_nothing_waits_for_a_person_but_what_lacks_money(
    database_url: str,
) -> None:
    outcome = await rehearse_in(options(Level.NONE, 1, shops=ALL_PARTS), database_url)

    assert "unknown" not in outcome["messages"]
    assert {one["reason"] for one in outcome["waiting"]} <= {"stuck"}
    assert outcome["did"]["series"] == 3
    assert outcome["nudge"]["nudged"]["weeks_sent"] > outcome["nudge"]["alone"]["weeks_sent"]
    assert outcome["nudge"]["nudged"]["spent_won"] > 0
    assert "씨앗 1" in tell(outcome)


def live_alone(*words: str, hash_seed: str) -> tuple[int, Outcome]:
    """One run of the command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "dangol", "rehearse", "--json", *words],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={
            **{name: value for name, value in os.environ.items() if name != "DANGOL_DATABASE_URL"},
            "PYTHONHASHSEED": hash_seed,
        },
    )
    outcome: dict[str, Any] = json.loads(done.stdout)
    del outcome["seconds"]
    return done.returncode, outcome


@pytest.mark.timeout(240)
def test_the_same_seed_is_the_same_life() -> None:
    words = ("--shops", "3", "--days", "6", "--seed", "11", "--faults", "many")

    lives = [live_alone(*words, hash_seed=seed) for seed in ("1", "2")]

    assert lives[0] == lives[1]
    assert lives[0][0] == 0


class Mutants:
    """Worlds in which one promise is not kept; each must be found out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch

    def refusals_unheard(self) -> None:
        """The gate shows it to who has refused while it was under way."""

        def deaf(content: Content, to: Recipient, at: datetime) -> Verdict:
            verdict = judge(content, to, at)
            return ALLOWED if verdict.rule in ("L1", "L4") else verdict

        self._patch.setattr(gate, "judge", deaf)

    def no_mark(self) -> None:

        def without_mark(*args: Any, **kwargs: Any) -> Bubble:
            bubble = compose_message(*args, **kwargs)
            if isinstance(bubble, ListCard):
                return ListCard(
                    header=bubble.header.removeprefix("(광고) "),
                    rows=bubble.rows,
                    buttons=bubble.buttons,
                )
            return bubble

        self._patch.setattr(showing, "compose_message", without_mark)

    def any_hour(self) -> None:
        """For the gate it is always noon."""

        def sleepless(content: Content, to: Recipient, at: datetime) -> Verdict:
            return judge(content, to, _noon(at))

        self._patch.setattr(gate, "judge", sleepless)
        self._patch.setattr(
            gate, "judge_content", lambda content, at: judge_content(content, _noon(at))
        )
        self._patch.setattr(leaving, "day_of", lambda *_: Window(time(0), time(23, 59)))

    def nothing_given_back(self) -> None:
        """What costs nothing is forgotten instead of voided."""

        def forgetful(tx: Tx, charges: Sequence[Charge], at: datetime) -> None:
            settle_money(tx, [one for one in charges if one.jeon], at)

        self._patch.setattr(settle, "settle_money", forgetful)

    def twice(self) -> None:
        send = KakaoEventSender.send

        async def send_twice(self: KakaoEventSender, batch: Batch, ref: str | None) -> str:
            await send(self, batch, ref)
            return await send(self, batch, ref)

        self._patch.setattr(KakaoEventSender, "send", send_twice)

    def never_ended(self) -> None:
        """The last chunk is settled, and nobody says that the campaign is over."""
        self._patch.setattr(settle, "finish_begun", lambda *_: False)

    def nameless(self) -> None:
        """What arrives does not tell of which run it is."""
        receive = Handset.receive
        self._patch.setattr(
            Handset, "receive", lambda self, one: receive(self, one._replace(tags={}))
        )


def _noon(at: datetime) -> datetime:
    return kst_instant(in_kst(at).date(), time(12))


UNLUCKY = Odds(suspended=0.9, overtaken=1.0)
"""Nothing but people who change their minds and a machine that stands still."""


@pytest.mark.parametrize(
    ("mutant", "broken"),
    [
        ("refusals_unheard", {"I9", "I6"}),
        ("no_mark", {"I8"}),
        ("any_hour", {"I7"}),
        ("nothing_given_back", {"I4"}),
        ("twice", {"I5"}),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_promise_that_is_broken_is_found(
    database_url: str, mutant: str, broken: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ODDS, Level.SOME, UNLUCKY)
    monkeypatch.setattr(luck, "SUSPENDED_MINUTES", ((30, 90),))
    getattr(Mutants(monkeypatch), mutant)()

    outcome = await rehearse_in(options(Level.SOME, 2, shops=ALL_PARTS, days=10), database_url)

    assert broken <= set(outcome["violations"])
    assert not outcome["is_good"]


@pytest.mark.parametrize(
    ("mutant", "words"), [("never_ended", "never ended"), ("nameless", "of no run")]
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_loose_end_is_found(
    database_url: str, mutant: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    getattr(Mutants(monkeypatch), mutant)()

    outcome = await rehearse_in(options(Level.NONE, 1, shops=1, days=6), database_url)

    assert any(words in problem for problem in outcome["problems"])
    assert not outcome["is_good"]


def test_the_command_says_so_by_its_exit_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Mutants(monkeypatch).twice()

    status = main(["rehearse", "--shops", "1", "--days", "6", "--faults", "none", "--json"])

    assert status == 1
    assert json.loads(capsys.readouterr().out)["invariants"]["I5"] is False


def test_it_needs_a_number_it_can_live_through(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--shops", "0"], ["--days", "한 달"], ["--faults", "all"]):
        with pytest.raises(SystemExit):
            main(["rehearse", *words])
        assert words[0] in capsys.readouterr().err
