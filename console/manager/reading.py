"""What a manager typed: each field read by itself, so that every mistake is told at once."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import TypeVar

from console.forms import Form, whole_number
from domain.refusals import Invalid
from domain.time import in_kst, kst_instant

T = TypeVar("T")
NOT_COVERED = "프로그램에 남은 예산보다 많아요. 금액을 줄여 주세요."


class Mistakes:
    """Collects what is wrong while a form is read."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def read(self, reader: Callable[[Form, str], T], form: Form, name: str) -> T | None:
        try:
            return reader(form, name)
        except Invalid as refusal:
            self.found.update(refusal.fields)
            return None


def read_whole(form: Form, name: str) -> int:
    """A whole number as people type it (`1,000`); raises Invalid."""
    number = whole_number(form.text(name).replace(",", "").strip())
    if number is None:
        raise Invalid({name: "숫자로 적어 주세요."})
    return number


def read_day(form: Form, name: str) -> date:
    """What a date field says; raises Invalid."""
    try:
        return date.fromisoformat(form.text(name))
    except ValueError:
        raise Invalid({name: "날짜를 골라 주세요."}) from None


def begins_on(day: date, at: datetime) -> datetime:
    """The first instant of a Korean day; of today, now. Raises OverflowError far away."""
    return at if day == in_kst(at).date() else kst_instant(day, time())
