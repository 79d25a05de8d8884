"""The templates: all compile, all are used, consent texts are tied to their version."""

import hashlib
import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from bot.owner.short_money import WHY_SAID
from bot.words import BLOCKS, FOLDER, on_day, say
from domain.campaigns import CampaignState, PauseReason
from domain.consent import TEXT_VERSION, Choice
from domain.segments import READY
from domain.subsidy import FairOrder
from tests.bot.conftest import SUNDAY_TEN

BOT = Path(__file__).resolve().parents[2] / "bot"
CONSENT_TEXTS = {
    "2026-11": "66d810413133f9f7e373d796662d8f7aa22e97a9c24d0e93e5d93865f62704d8",
    "2026-11.2": "05081413e01b5ba194a9f7e13cd5a0cc01fe7e28667b19c308d6f7cfd73a19f8",
    "2026-11.3": "311f34ad53ced92786265e545d4c9fae79de0ba6bf656c1222130fb7e6f0fd70",
    "2026-11.4": "36a27a4edd3f6c3e36b30bff61c112743f39e4d3a41e1b15fe221c540e50d978",
    "2026-11.5": "e701cad1abf9fe5c27128665d9b67c4f207f5968be10d3233a7f3ef4c71645c7",
}
"""L2, L43: other words are another version, so that a record says what was read."""


PAUSED_FOR_OTHERS = [why for why in PauseReason if why is not PauseReason.OWNER]
NAMED_BY = {
    "owner_sending": ["why_other", *(f"why_{rule}" for rule in WHY_SAID)],
    "statutory": [f"result_{choice}" for choice in Choice],
    "owner_series": [f"{act}_button" for act in ("pause", "resume", "end")],
    "owner_whom": [f"{how}_{one}" for how in ("title", "short") for one in READY],
    "owner_watching": [*CampaignState, *(f"paused_for_{why}" for why in PAUSED_FOR_OTHERS)],
    "owner_buttons": [f"owner_{order}" for order in FairOrder],
}
"""Blocks that a rule, a state or a group names: those must all be there, and no others are."""


def test_every_block_is_used() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in BOT.rglob("*.py"))
    unused = [
        (file, block)
        for file, block in BLOCKS
        if not re.search(rf'"{block.removesuffix("_label")}"', source)
        and block not in NAMED_BY.get(file, ())
    ]

    assert unused == []


def test_whatever_names_a_block_has_one() -> None:
    named = {(file, block) for file, blocks in NAMED_BY.items() for block in blocks}

    assert named - set(BLOCKS) == set()


def test_consent_texts_belong_to_their_version() -> None:
    words = (FOLDER / "joining.j2").read_bytes()

    assert CONSENT_TEXTS[TEXT_VERSION] == hashlib.sha256(words).hexdigest()


def test_a_missing_fact_is_an_error_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        say("welcome", "street", other=1)


def test_words_are_not_templates() -> None:
    assert "{{ 7*7 }}" in say("shop_info", "hours", shop="{{ 7*7 }}", value="")


def test_days_are_korean_days() -> None:
    assert on_day(SUNDAY_TEN) == "2026년 11월 22일"
    assert on_day(SUNDAY_TEN.replace(hour=15)) == "2026년 11월 23일"


def test_labels_fit_their_buttons() -> None:
    """kakao-chatbot.md 2.9"""
    labels = [say(file, block) for file, block in BLOCKS if file == "buttons"]

    assert max(map(len, labels)) <= 14
    assert len(set(labels)) == len(labels)
