"""What a person agreed to, and what that allows (L1, L2, L4, L13, L14, L40-L44)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from domain.time import in_kst, kst_instant

TEXT_VERSION = "2026-11"
"""The version of the texts in templates/messages/joining.j2; a change of words is a new one."""

NOTICE_DUE = timedelta(days=14)
"""L13: within it the person is told sender, choice, date and result."""

RECONFIRM_YEARS = 2
"""L14: consent is confirmed again every so many years."""


class Purpose(StrEnum):
    """What is agreed to; each is asked apart (L40)."""

    SERVICE = "service"
    ADVERTISING = "advertising"
    PHONE = "phone"


class Choice(StrEnum):
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """The proof of one choice (L2, L43): which text, what was pressed, when, and the notice."""

    purpose: Purpose
    choice: Choice
    text_version: str
    pressed: str
    chosen_at: datetime
    notice_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one person stands with one shop now."""

    is_member: bool = False
    is_of_age: bool = False
    advertising_since: datetime | None = None

    @property
    def has_advertising_consent(self) -> bool:
        return self.advertising_since is not None


def reconfirm_by(granted_at: datetime) -> datetime:
    """Before the same Korean day of the second year begins (L14); 29 February counts as the 28th."""
    day = in_kst(granted_at).date()
    year = day.year + RECONFIRM_YEARS
    is_leap_day = (day.month, day.day) == (2, 29)
    return kst_instant(day.replace(year=year, day=28 if is_leap_day else day.day), time(0))
