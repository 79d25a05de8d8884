"""The demo's headless story: the issue's own measure, on both databases."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

WHOLE_STREET = 1_000
PATIENCE_SECONDS = 170
SENDERS = ("kakao_event", "solapi")


def live(folder: Path, *options: str) -> dict[str, Any]:
    """One run of the command in a process of its own."""
    command = [sys.executable, "-m", "dangol", "demo", "--check", "--json", *options]
    done = subprocess.run(
        [*command, "--folder", str(folder)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
        env={name: value for name, value in os.environ.items() if name != "DANGOL_DATABASE_URL"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


@pytest.mark.timeout(180)
def test_a_thousand_people_get_each_campaign_once_and_every_promise_is_kept(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    options: tuple[str, ...] = ()
    if database == "postgresql":
        options = ("--database", request.getfixturevalue("postgres_url"))

    outcome = live(tmp_path, *options)

    for sender in SENDERS:
        campaign = outcome["campaigns"][sender]
        assert campaign["recipients"] >= WHOLE_STREET
        assert campaign["delivered"] == campaign["handsets"] >= WHOLE_STREET
        assert campaign["failed"] == campaign["waiting"] == campaign["unknown"] == 0
        assert campaign["most_per_handset"] == 1
    for name in ("repeating", "event_driven", "stopped"):
        campaign = outcome["campaigns"][name]
        assert campaign["delivered"] == campaign["handsets"] > 0
        assert campaign["waiting"] == campaign["unknown"] == campaign["held_jeon"] == 0
        assert campaign["most_per_handset"] == 1
    assert outcome["campaigns"]["stopped"]["canceled"] > 0
    assert all(outcome["invariants"].values())
    assert len(outcome["invariants"]) == 12
    assert outcome["held_jeon"] == 0
    of_first_shop = (*SENDERS, "stopped")
    spent_jeon = sum(outcome["campaigns"][one]["spent_jeon"] for one in of_first_shop)
    assert outcome["spent_jeon"] == spent_jeon
