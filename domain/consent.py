"""What a person agreed to, and what that allows (L1, L2, L4, L13, L40-L44)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

TEXT_VERSION = "2026-11.3"
"""The version of the texts in templates/messages/joining.j2; a change of words is a new one."""


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
