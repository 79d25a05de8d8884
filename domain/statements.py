"""Monthly statements: what every purse had, got and gave, what was sent, and how months are kept.

A month is a Korean one, named by its first day; what is recorded in it belongs to it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

from domain.campaigns import MessageKind
from domain.money import Jeon, Tariff
from domain.people import GrantId, MarketId, ProgramId, ShopId
from domain.subsidy import AccountKind, TransferCode
from domain.time import in_kst, kst_instant

DECEMBER = 12
NOTHING = Jeon(0)


class Subject(StrEnum):
    """Whose line it is. Budget, operating, pots and shops together are the program."""

    PROGRAM = "program"
    BUDGET = "budget"
    OPERATING = "operating"
    POT = "pot"
    SHOP = "shop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """Opening + came − went = closing; `held_jeon` of the closing waits to be spent.

    `voided_jeon` and `expired_jeon` were held and given back: they never left, so they are in no
    sum. Amounts by why they moved; zeros are left out.
    """

    opening_jeon: Jeon = NOTHING
    came: Mapping[TransferCode, Jeon] = field(default_factory=dict)
    went: Mapping[TransferCode, Jeon] = field(default_factory=dict)
    held_jeon: Jeon = NOTHING
    voided_jeon: Jeon = NOTHING
    expired_jeon: Jeon = NOTHING

    @property
    def closing_jeon(self) -> Jeon:
        return Jeon(self.opening_jeon + sum(self.came.values()) - sum(self.went.values()))

    @property
    def spent_jeon(self) -> Jeon:
        """Less what came back: below zero in a month that only corrected one before it."""
        return Jeon(sum(self.went.get(code, 0) - self.came.get(code, 0) for code in SPENDING))

    @property
    def granted_jeon(self) -> Jeon:
        """Less what was granted onwards, out of a pot or the budget."""
        return Jeon(self.came.get(TransferCode.GRANT, 0) - self.went.get(TransferCode.GRANT, 0))

    @property
    def other_jeon(self) -> Jeon:
        """What came less what went besides grants, messages and lapsing."""
        came = sum(jeon for code, jeon in self.came.items() if code not in TOLD_APART)
        went = sum(jeon for code, jeon in self.went.items() if code not in TOLD_APART)
        return Jeon(came - went)

    @property
    def given_back_jeon(self) -> Jeon:
        return Jeon(self.voided_jeon + self.expired_jeon)


SPENDING = (TransferCode.MESSAGE, TransferCode.BY_HAND)
INNER = (
    TransferCode.FUND,
    TransferCode.GRANT,
    TransferCode.MOVE,
    TransferCode.CLAW_BACK,
    TransferCode.RESTORE,
)
"""These move between purses that a sum may hold both of."""

TOLD_APART = (*SPENDING, TransferCode.GRANT, TransferCode.LAPSE)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Spending:
    """What messages of one price list and kind cost, and which kind of account paid; less what a
    correction of those sent by hand brought back.
    """

    tariff: Tariff
    kind: MessageKind
    paid_from: AccountKind
    jeon: Jeon


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Sent:
    """Messages of one price list and kind: asked for in the month, and settled in it.

    `left_out`: refused by law, consent, money or the owner's stop, before anything left.
    """

    tariff: Tariff
    kind: MessageKind
    asked: int = 0
    delivered: int = 0
    failed: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a statement. `free` is the program's money, `own` the shop's.

    `friends`: this shop's regulars who are friends of its channel, at the moment of counting.
    `posts` is None when nobody told.
    """

    subject: Subject
    name: str
    market_id: MarketId | None = None
    market_name: str = ""
    shop_id: ShopId | None = None
    grant_id: GrantId | None = None
    free: Purse = Purse()
    own: Purse = Purse()
    spendings: Sequence[Spending] = ()
    sent: Sequence[Sent] = ()
    friends: int = 0
    posts: int | None = None

    @property
    def pot_jeon(self) -> Jeon:
        """What this shop's messages took from its market's pots; in the pots' lines, not here."""
        return Jeon(sum(one.jeon for one in self.spendings if one.paid_from is AccountKind.POT))

    @property
    def messages(self) -> int:
        """Advertisements that a provider says it delivered: what the program ranks by."""
        return sum(
            one.delivered
            for one in self.sent
            if one.kind is MessageKind.ADVERTISEMENT and one.tariff is not Tariff.CHANNEL_MESSAGE
        )

    @property
    def told_by_hand(self) -> int:
        """Channel messages that the shop says it sent; nobody can count them for us."""
        return sum(one.delivered for one in self.sent if one.tariff is Tariff.CHANNEL_MESSAGE)

    @property
    def delivered(self) -> int:
        return sum(one.delivered for one in self.sent)

    @property
    def failed(self) -> int:
        return sum(one.failed for one in self.sent)

    @property
    def left_out(self) -> int:
        return sum(one.left_out for one in self.sent)


def month_of(at: datetime) -> date:
    return in_kst(at).date().replace(day=1)


def next_month(month: date) -> date:
    return date(month.year + month.month // DECEMBER, month.month % DECEMBER + 1, 1)


def last_month(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % DECEMBER + 1, 1)


def month_starts(month: date) -> datetime:
    return kst_instant(month, time())


def sum_of(name: str, lines: Iterable[Line], subject: Subject = Subject.PROGRAM) -> Line:
    """One line that says all of them together; sums of sums are the same."""
    free = own = Purse()
    spendings: dict[tuple[Tariff, MessageKind, AccountKind], int] = {}
    sent: dict[tuple[Tariff, MessageKind], Sent] = {}
    friends, posts = 0, None
    for line in lines:
        free, own = add_purses(free, line.free), add_purses(own, line.own)
        for one in line.spendings:
            key = (one.tariff, one.kind, one.paid_from)
            spendings[key] = spendings.get(key, 0) + one.jeon
        for some in line.sent:
            kind = (some.tariff, some.kind)
            sent[kind] = _both(sent[kind], some) if kind in sent else some
        friends += line.friends
        if line.posts is not None:
            posts = (posts or 0) + line.posts
    return Line(
        subject=subject,
        name=name,
        free=free,
        own=own,
        spendings=tuple(
            sorted(
                Spending(tariff=tariff, kind=what, paid_from=paid_from, jeon=Jeon(jeon))
                for (tariff, what, paid_from), jeon in spendings.items()
            )
        ),
        sent=tuple(sorted(sent.values())),
        friends=friends,
        posts=posts,
    )


def net_of(line: Line) -> Line:
    """A sum as one purse: what only moved inside it, as from the budget to a shop, neither came
    nor went. The closing stays what it was.
    """
    free = line.free
    net = {code: free.came.get(code, 0) - free.went.get(code, 0) for code in INNER}
    came = {code: jeon for code, jeon in free.came.items() if code not in INNER}
    went = {code: jeon for code, jeon in free.went.items() if code not in INNER}
    came |= {code: Jeon(jeon) for code, jeon in net.items() if jeon > 0}
    went |= {code: Jeon(-jeon) for code, jeon in net.items() if jeon < 0}
    return replace(line, free=replace(free, came=came, went=went))


def add_purses(one: Purse, other: Purse) -> Purse:
    return Purse(
        opening_jeon=Jeon(one.opening_jeon + other.opening_jeon),
        came=_added(one.came, other.came),
        went=_added(one.went, other.went),
        held_jeon=Jeon(one.held_jeon + other.held_jeon),
        voided_jeon=Jeon(one.voided_jeon + other.voided_jeon),
        expired_jeon=Jeon(one.expired_jeon + other.expired_jeon),
    )


def _added(
    one: Mapping[TransferCode, Jeon], other: Mapping[TransferCode, Jeon]
) -> Mapping[TransferCode, Jeon]:
    if not other:
        return one
    return {
        code: Jeon(one.get(code, 0) + other.get(code, 0))
        for code in TransferCode
        if code in one or code in other
    }


def _both(one: Sent, other: Sent) -> Sent:
    return Sent(
        tariff=one.tariff,
        kind=one.kind,
        asked=one.asked + other.asked,
        delivered=one.delivered + other.delivered,
        failed=one.failed + other.failed,
        left_out=one.left_out + other.left_out,
    )


def write_line(line: Line) -> str:
    """Canonical: the same line is always the same text. The closing stands there to be read."""
    facts = asdict(line)
    for name, purse in (("free", line.free), ("own", line.own)):
        facts[name]["closing_jeon"] = purse.closing_jeon
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_line(text: str) -> Line:
    facts = json.loads(text)
    return Line(
        **{
            **facts,
            "subject": Subject(facts["subject"]),
            "free": _read_purse(facts["free"]),
            "own": _read_purse(facts["own"]),
            "spendings": tuple(
                Spending(
                    tariff=Tariff(one["tariff"]),
                    kind=MessageKind(one["kind"]),
                    paid_from=AccountKind(one["paid_from"]),
                    jeon=Jeon(one["jeon"]),
                )
                for one in facts["spendings"]
            ),
            "sent": tuple(
                Sent(**{**one, "tariff": Tariff(one["tariff"]), "kind": MessageKind(one["kind"])})
                for one in facts["sent"]
            ),
        }
    )


def _read_purse(facts: Mapping[str, Any]) -> Purse:
    return Purse(
        opening_jeon=facts["opening_jeon"],
        came={TransferCode(code): jeon for code, jeon in facts["came"].items()},
        went={TransferCode(code): jeon for code, jeon in facts["went"].items()},
        held_jeon=facts["held_jeon"],
        voided_jeon=facts["voided_jeon"],
        expired_jeon=facts["expired_jeon"],
    )


def head_hash(
    previous: str, program_id: ProgramId, month: date, *, actor: str, closed_at: datetime
) -> str:
    """What the first line of a closed month is chained to: the month before, and who closed it."""
    at = closed_at.astimezone(UTC).isoformat(timespec="microseconds")
    return _digest(previous, str(program_id), month.isoformat(), actor, at)


def next_hash(
    previous: str, number: int, market_id: int | None, shop_id: int | None, content: str
) -> str:
    """A line's hash; that of the last line is the month's."""
    return _digest(previous, str(number), str(market_id), str(shop_id), content)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
