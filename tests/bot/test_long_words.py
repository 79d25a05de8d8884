"""Words that never end are understood (or not) at once: every turn of the process waits for them."""

import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from importlib import import_module

import pytest

import bot.hearing
from bot.hearing.owner_words import understand_owner
from bot.hearing.understanding import understand

SECONDS_MAX = 0.2
"""Of this processor, for what takes a thousandth of it when nothing is wrong."""

LENGTHS = (38, 300)
"""The one for rules that look at short words only."""

UNHEARD = "힣"
"""No rule ends so: whatever a rule has found before, it has to try again otherwise."""


def patterns() -> Iterator[str]:
    for module in pkgutil.iter_modules(bot.hearing.__path__):
        for value in vars(import_module(f"bot.hearing.{module.name}")).values():
            for one in value.values() if isinstance(value, dict) else [value]:
                if isinstance(one, re.Pattern):
                    yield one.pattern


def tokens() -> list[str]:
    """Whatever stands between the signs of any rule: nearly every alternative of each."""
    found = {word for pattern in patterns() for word in re.findall(r"[가-힣a-z]+", pattern)}
    return sorted(found | {"1", "1-", "010-", "가 ", "ㄷㅗ", "ㅋ", "( ", "오전 ", "1시"})


@pytest.mark.parametrize("hear", [understand, understand_owner])
@pytest.mark.parametrize("length", LENGTHS)
def test_repeated_words_cost_little(hear: Callable[[str], object], length: int) -> None:
    slow = {}
    for token in tokens():
        words = (token * length)[:length] + UNHEARD
        began = time.process_time()
        hear(words)
        if (took := time.process_time() - began) > SECONDS_MAX:
            slow[token] = took
    assert slow == {}


def test_the_rules_were_found() -> None:
    assert len(tokens()) > 500
    assert {"이요", "그만", "도장"} <= set(tokens())
