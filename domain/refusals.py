"""Everything that can be refused or go wrong outside, as one tree.

Refusal                      a person asked for something the rules do not allow
├─ NotFound                  no such thing here (also: not yours)
├─ NotAllowed                you may not
├─ Conflict                  already done, already used, already stopped
├─ Invalid                   the words or numbers do not fit; carries field -> reason
├─ OverBudget                the grant does not cover it
└─ Unlawful                  the law or the platform forbids it; carries the rule number
SenderError                  the outside world
├─ Retryable                 nothing was accepted; try later
│  └─ TooMany                not at this rate; carries how long to wait
├─ Rejected                  this request will never be accepted
└─ Unknown                   it may have been accepted; ask, do not repeat
"""

from collections.abc import Mapping


class Refusal(Exception):
    """The rules do not allow this."""

    def __init__(self, reason: str = "", /, **facts: object) -> None:
        """`reason` is a short code such as `already_used`; words are chosen by templates."""
        super().__init__(reason or self.__doc__)
        self.reason = reason
        self.facts = facts


class NotFound(Refusal):
    """There is no such thing here."""


class NotAllowed(Refusal):
    """This person may not do that."""


class Conflict(Refusal):
    """This has been done, used or stopped already."""


class Invalid(Refusal):
    """Some words or numbers do not fit."""

    def __init__(self, fields: Mapping[str, str], /) -> None:
        """`fields` maps a field's name to a Korean sentence shown beside it."""
        super().__init__("invalid", fields=dict(fields))
        self.fields = dict(fields)


class OverBudget(Refusal):
    """The money does not cover it."""


class Unlawful(Refusal):
    """The law or the platform forbids it."""

    def __init__(self, rule: str, /, **facts: object) -> None:
        """`rule` is a number of `programme-and-law.md`, such as `L5` or `K1`."""
        super().__init__(rule, **facts)
        self.rule = rule


class SenderError(Exception):
    """Something outside did not go as asked."""

    def __init__(self, code: str, detail: str = "", /) -> None:
        """`code` is the provider's own code, or `HTTP_<n>`, `TIMEOUT`, `CONNECT`."""
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


class Retryable(SenderError):
    """Nothing was accepted; the same request may be made later."""

    after_seconds: float | None = None
    """How long to wait at least, if the other side said so."""


class TooMany(Retryable):
    """The other side takes no more at this rate."""

    def __init__(self, code: str, detail: str = "", /, *, after_seconds: float | None) -> None:
        super().__init__(code, detail)
        self.after_seconds = after_seconds


class Rejected(SenderError):
    """This request will never be accepted."""


class Unknown(SenderError):
    """It may have been accepted: ask, do not repeat."""
