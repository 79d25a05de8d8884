"""A refusal that a provider heard for us: somebody called the free 080 number (L8)."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """`event_id` is the provider's; `number` the digits that were called, empty when it does not
    say; `happened_at` is None when it does not say either.
    """

    event_id: str
    phone: str = field(repr=False)
    number: str
    happened_at: datetime | None
