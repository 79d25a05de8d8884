"""What a person agreed to, and what that allows (L1, L2, L4, L13, L40-L44)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from domain.time import in_kst, kst_instant

TEXT_VERSION = "2026-11.5"
"""The version of the texts in templates/messages/joining.j2; a change of words is a new one."""

COVERS_TEXTS = frozenset({"2026-11.5"})
"""Versions whose words name text messages for advertising: who agreed to another one gets none."""

COVERS_NOTICES = frozenset({"2026-11.5"})
"""Versions under which a phone number was left for notices of stamps, coupons and answers, too; the
earlier ones name advertising and the counter alone (L67)."""


REST_DAYS = 30
"""How long one tap lets advertisements rest; the consent stands meanwhile."""


class Purpose(StrEnum):
    """What is agreed to; each is asked apart (L40)."""

    SERVICE = "service"
    ADVERTISING = "advertising"
    PHONE = "phone"
    BIRTHDAY = "birthday"


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


def is_resting(paused_at: datetime | None, paused_until: datetime | None, at: datetime) -> bool:
    """Whether no advertisement may go to them at this instant; a pause that has no end was a
    doubtful stop, and lasts until they decide.
    """
    return paused_at is not None and (paused_until is None or at < paused_until)


def rest_until(at: datetime) -> datetime:
    """The end of a rest that begins now: whole (Korean) days, today not counted."""
    return kst_instant(in_kst(at).date() + timedelta(days=REST_DAYS + 1), time())
