"""docs/law.md: every rule, where it is kept, and a test of that name."""

import re
from collections import Counter
from pathlib import Path

import pytest

from domain.gate import NEVER_REFUSES
from tests.domain.test_gate import NUMBERS, OURS, TABLE

LAW = Path(__file__).resolve().parents[2] / "docs" / "law.md"


@pytest.mark.parametrize("rule", NEVER_REFUSES)
def test_some_rules_refuse_nobody_and_say_why(rule: str) -> None:
    """L3, L13–L15: neither what is overdue nor the exception that is not used."""
    assert len(NEVER_REFUSES[rule]) > 20
    assert rule not in {row[0] for row in TABLE}


def test_the_page_about_the_law_has_exactly_these_rules() -> None:
    """And every file it names is there, every test it names is in that file."""
    rows = [line for line in LAW.read_text().splitlines() if re.match(r"\| [LK]\d+ \|", line)]
    told = [line.split("|")[1].strip() for line in rows]
    root = LAW.parent.parent

    assert [one for one in told if one in NUMBERS] == NUMBERS
    assert set(told) == {*NUMBERS, *(one for one in OURS if one[0] in "LK" and one[1].isdigit())}
    for line in rows:
        files = re.findall(r"`([a-z_0-9/]+\.(?:py|j2))(?:::(\w+))?`", line)
        assert any(path.startswith("tests/") for path, _ in files), line
        for path, name in files:
            assert (root / path).exists(), path
            assert not name or f"def {name}" in (root / path).read_text(), (path, name)


def test_every_rule_has_three_rows_at_least() -> None:
    rows = Counter(row[0] for row in TABLE)

    wanted = {*NUMBERS, *OURS} - set(NEVER_REFUSES)
    assert {rule for rule in wanted if rows[rule] < 3} == set()
    assert set(rows) - {None} == wanted
