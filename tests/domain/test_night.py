"""L5, K1: consent to advertisements at night is asked only where it could be used."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from domain.campaigns import SenderName
from domain.gate import may_leave
from domain.night import CLOSED_AT_NIGHT, asks_for_night
from domain.time import LAW_DAY
from tests.conftest import START

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NIGHT = re.compile(r"(?:야간|밤|심야|21시|저녁 9시|오후 9시).{0,12}(?:동의|받을|받으)")


@pytest.mark.parametrize("sender", SenderName)
def test_a_sender_that_is_closed_at_night_lets_nothing_leave_then(sender: SenderName) -> None:
    moments = [START + timedelta(minutes=10 * step) for step in range(6 * 24)]
    at_night = [at for at in moments if not LAW_DAY.contains(at)]

    assert at_night
    assert not any(may_leave(sender, at).is_allowed for at in at_night)
    assert CLOSED_AT_NIGHT[sender] == "K1"


@pytest.mark.parametrize("senders", [(), tuple(SenderName), (SenderName.KAKAO_EVENT,)])
def test_no_sender_of_today_is_a_reason_to_ask(senders: tuple[SenderName, ...]) -> None:
    assert not asks_for_night(senders)


def test_a_sender_that_may_use_it_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(CLOSED_AT_NIGHT, SenderName.SOLAPI)

    assert asks_for_night(list(SenderName))
    assert not asks_for_night([SenderName.KAKAO_EVENT])


def test_no_text_asks_in_vain() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.*t*")}
    asking = [name for name, text in texts.items() if NIGHT.search(text)]

    assert len(texts) > len(list(TEMPLATES.rglob("*.j2")))
    assert bool(asking) == asks_for_night(list(SenderName))
