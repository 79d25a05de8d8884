"""The "when" of the sending page: its fields as text, and what they mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from campaigns.booking import refuse_far
from campaigns.good_moment import GoodMoment, good_moment
from campaigns.shop_days import shop_days
from campaigns.when import When
from console.forms import Form, read_moment
from console.owner.reward import whole
from domain.campaigns import SenderName
from domain.gate import SENDER_DAY
from domain.people import ShopId
from domain.refusals import Invalid
from domain.schedule import Every, Repeat, ShopDays
from domain.segments import Condition, What
from storage.desk import Tx

FIELDS = (
    "when",
    "due",
    "every",
    "weekday",
    "nth",
    "repeat_time",
    "event",
    "event_days",
    "event_time",
    "until",
    "closing",
)
"""What templates/pages/owner/send_when.html asks."""

NOW, LATER, GOOD, REPEAT, EVENT = "now", "later", "good", "repeat", "event"
WHENS = (NOW, LATER, GOOD, REPEAT, EVENT)
LAST = -1
NTHS = ("1", "2", "3", "4", str(LAST))
WEEK = 7
EVENT_DAYS_MAX = 365
BIRTHDAY_TIME, USUAL_TIME = time(9, 30), time(15)
HAPPENINGS: Mapping[str, What] = {
    "joined": What.JOINED_DAYS_AGO,
    "seen": What.SEEN_DAYS_AGO,
    "card_full": What.CARD_FULL_DAYS_AGO,
    "coupon": What.COUPON_LAPSES_IN,
    "birthday": What.BIRTHDAY_TODAY,
}
USUAL_DAYS: Mapping[str, int] = {"joined": 1, "seen": 21, "card_full": 1, "coupon": 2}
SINCE_THE_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WhenWords:
    """The fields as they were typed; `kept` is what hidden fields carry on."""

    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.texts.get(name, "")

    @property
    def chosen(self) -> str:
        return self.text("when") if self.text("when") in WHENS else NOW

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, text) for name, text in self.texts.items() if text)


@dataclass(frozen=True, slots=True)
class WhenSheet:
    """What the page shows beside what was typed; `next_open` is offered for a time at which the
    shop is closed.
    """

    good: GoodMoment | None
    next_open: datetime | None
    has_closed_days: bool


def read_when_sheet(
    tx: Tx, shop_id: ShopId, words: WhenWords, sender: SenderName, at: datetime
) -> WhenSheet:
    days = shop_days(tx, shop_id)
    has_closed_days = days != ShopDays()
    good = good_moment(tx, shop_id, at, SENDER_DAY[sender])
    return WhenSheet(good, _offered(words, days, sender, at), has_closed_days)


def _offered(words: WhenWords, days: ShopDays, sender: SenderName, at: datetime) -> datetime | None:
    try:
        when = when_of(words, at)
    except Invalid:
        return None
    if when.repeat is not None or when.is_good_moment or when.is_closing_notice:
        return None
    wanted = SENDER_DAY[sender].next_open(max(when.due_at or at, at))
    return None if days.is_open(wanted) else days.next_open(wanted)


def when_words(form: Form) -> WhenWords:
    """`due_open` is the offered time: taking it is choosing a time."""
    texts = {name: form.text(name) for name in FIELDS}
    if form.text("due_open"):
        texts.update(when=LATER, due=form.text("due_open"))
    return WhenWords(texts)


def read_when(form: Form, at: datetime) -> When:
    """Raises Invalid beside the field."""
    return when_of(when_words(form), at)


def when_of(words: WhenWords, at: datetime) -> When:
    """Raises Invalid beside the field."""
    match words.chosen:
        case "later":
            chosen = When(due_at=_due(words, at))
        case "good":
            chosen = When(is_good_moment=True)
        case "repeat":
            return When(repeat=_repeat(words), is_closing_notice=bool(words.text("closing")))
        case "event":
            event = _event(words)
            return When(repeat=_daily(words, event), event=event)
        case _:
            chosen = When()
    return When(
        due_at=chosen.due_at,
        is_good_moment=chosen.is_good_moment,
        not_later_than=_until(words, at),
        is_closing_notice=bool(words.text("closing")),
    )


def _due(words: WhenWords, at: datetime) -> datetime:
    due_at = read_moment(words.text("due"), "due_at")
    if due_at < at - SINCE_THE_MINUTE:
        raise Invalid({"due_at": "이미 지난 시각이에요. 앞으로 올 시각을 골라 주세요."})
    refuse_far("due_at", due_at, at)
    return due_at


def _until(words: WhenWords, at: datetime) -> datetime | None:
    if not words.text("until"):
        return None
    until = read_moment(words.text("until"), "not_later_than")
    if until <= at:
        raise Invalid({"not_later_than": "이미 지난 시각이에요. 앞으로 올 시각을 골라 주세요."})
    refuse_far("not_later_than", until, at)
    return until


def _repeat(words: WhenWords) -> Repeat:
    every = words.text("every")
    if every not in frozenset(Every):
        raise Invalid({"every": "얼마나 자주 보낼지 골라 주세요."})
    clock_time = _clock(words.text("repeat_time"), "repeat_time", USUAL_TIME)
    if every == Every.DAY:
        return Repeat(every=Every.DAY, clock_time=clock_time)
    weekday = whole(words.text("weekday"))
    if weekday is None or weekday >= WEEK:
        raise Invalid({"weekday": "요일을 골라 주세요."})
    if every == Every.WEEK:
        return Repeat(every=Every.WEEK, clock_time=clock_time, weekday=weekday)
    if words.text("nth") not in NTHS:
        raise Invalid({"nth": "몇째 주인지 골라 주세요."})
    nth = int(words.text("nth"))
    return Repeat(every=Every.MONTH, clock_time=clock_time, weekday=weekday, nth=nth)


def _event(words: WhenWords) -> Condition:
    what = HAPPENINGS.get(words.text("event"))
    if what is None:
        raise Invalid({"event": "어떤 일이 있으면 보낼지 골라 주세요."})
    if what is What.BIRTHDAY_TODAY:
        return Condition(what)
    typed = words.text("event_days")
    days = whole(typed) if typed else USUAL_DAYS[words.text("event")]
    # On the day itself those would be missed to whom it happens after the hour of sending.
    if days is None or not 1 <= days <= EVENT_DAYS_MAX:
        raise Invalid({"event_days": f"1일에서 {EVENT_DAYS_MAX}일 사이로 적어 주세요."})
    return Condition(what, days)


def _daily(words: WhenWords, event: Condition) -> Repeat:
    usual = BIRTHDAY_TIME if event.what is What.BIRTHDAY_TODAY else USUAL_TIME
    return Repeat(every=Every.DAY, clock_time=_clock(words.text("event_time"), "event_time", usual))


def _clock(text: str, name: str, usual: time) -> time:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0) if text else usual
    except ValueError:
        raise Invalid({name: "시각을 골라 주세요."}) from None
