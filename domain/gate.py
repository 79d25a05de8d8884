"""May this go to this person now? The one gate, asked when a run is planned, again when a chunk
leaves, and again when the handset asks for the message.

Rule numbers are those of `programme-and-law.md`; a refusal carries its number, and docs/law.md
tells where each rule is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from domain.campaigns import HELD_OUT, PRODUCTS, MessageKind, Product, SenderName
from domain.people import Friend
from domain.time import KAKAO_DAY, LAW_DAY, Window

RESTING = "RESTING"
"""No law's number: the person's own wish to hear nothing for a while."""


CAP_WEEK, CAP_DAY = "CAP_WEEK", "CAP_DAY"
"""No law's number: enough of one shop in a week (C16), enough of a channel in a day."""


ADS_A_DAY: Final = 3
"""How many advertisements of all shops of a market's channel reach a person on a day (KST)."""


FRIENDS_ONLY: Final = "I"
"""K4: the one audience of brand messages that needs no approval, the channel's own friends."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes, or no by which rule."""

    rule: str | None = None

    @property
    def is_allowed(self) -> bool:
        return self.rule is None


ALLOWED = Verdict()

SENDER_DAY: Mapping[SenderName, Window] = dict.fromkeys(SenderName, KAKAO_DAY.intersection(LAW_DAY))
"""I7: the law's hours and the sender's. K1 holds for whatever ends in KakaoTalk; a text message in
its place keeps to the same hours, so that none is a way around them."""


NEVER_REFUSES: Mapping[str, str] = {
    "L2": "judged when consent is written: no standing consent is without its proof (audit I6)",
    "L3": "the exception for past customers is not used: without consent, L1 refuses",
    "L13": "an overdue notice is owed all the same, and forbids nothing",
    "L14": "an overdue confirmation is owed all the same, and forbids nothing",
    "L15": "no answer to a confirmation means that the consent goes on",
    "K5": "only friends can be reached by KakaoTalk: K4 and K7 refuse the others",
}
"""Rules of the table by which nobody is refused at the gate, and why."""


class Recipient(NamedTuple):
    """What the gate must know of one person, as it stands at this instant.

    `had_brand`: a brand message of any shop has gone to them on this day (KST, K6).
    """

    friend: Friend
    is_of_age: bool
    has_advertising_consent: bool
    has_withdrawn: bool
    is_resting: bool
    has_address: bool
    had_week: bool = False
    had_day: bool = False
    is_held_out: bool = False
    had_brand: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """What the gate must know of a message, once for everybody it goes to.

    `flaw` is the first rule that its words break as they are shown (domain/marks.py), None for
    sound ones. `barred_until`: its channel is under a sanction (K8). `reach` is the audience that
    its sender is asked for (K4). Before `texts_until` our provider may carry advertising
    as text messages, and the shop's owner lets it (L18).
    """

    kind: MessageKind
    sender: SenderName
    flaw: str | None = None
    is_halted: bool = False
    barred_until: datetime | None = None
    reach: str = FRIENDS_ONLY
    texts_until: datetime | None = None


@lru_cache(maxsize=16)
def may_leave(sender: SenderName, at: datetime) -> Verdict:
    """Whether any advertisement may leave through this sender at this instant (L5, K1)."""
    if not LAW_DAY.contains(at):
        return Verdict("L5")
    return ALLOWED if SENDER_DAY[sender].contains(at) else Verdict("K1")


@lru_cache(maxsize=64)
def judge_content(content: Content, at: datetime) -> Verdict:
    """Whether this may go to anybody at this instant: its hours, its words, its channel, a halt.

    Information keeps to the day, too, although the law would allow any hour (3.2), and never
    goes as a brand message, for those are advertisements by their kind (K2). No advertisement goes
    as an AlimTalk (K15).
    """
    is_ad = content.kind is MessageKind.ADVERTISEMENT
    hours = (
        may_leave(content.sender, at) if is_ad else Verdict(None if LAW_DAY.contains(at) else "L5")
    )
    if not hours.is_allowed:
        return hours
    reasons = (
        ("L21", content.is_halted and is_ad),
        ("K8", content.barred_until is not None and at < content.barred_until),
        ("K4", content.reach != FRIENDS_ONLY),
        ("L18", is_ad and PRODUCTS[content.sender] is Product.LMS and not _may_text(content, at)),
        ("K15", is_ad and PRODUCTS[content.sender] is Product.ALIMTALK),
        ("K2", not is_ad and PRODUCTS[content.sender] is Product.BRAND),
        (content.flaw, content.flaw is not None),
    )
    return _first(reasons)


def _may_text(content: Content, at: datetime) -> bool:
    return content.texts_until is not None and at < content.texts_until


def judge(content: Content, to: Recipient, at: datetime) -> Verdict:
    """Whether this message may go to this person at this instant, or by which rule not.

    L3's exception is not used.
    """
    of_all = judge_content(content, at)
    return judge_person(content, to) if of_all.is_allowed else of_all


def judge_person(content: Content, to: Recipient) -> Verdict:
    """The second half of `judge`, for a message that may go to anybody now."""
    if content.kind is MessageKind.INFORMATION:
        return _judge_informed(PRODUCTS[content.sender], to)
    if to == REGULAR:
        return ALLOWED
    reasons = (
        ("L4", to.has_withdrawn or to.friend is Friend.BLOCKED),
        ("L1", not to.has_advertising_consent),
        (RESTING, to.is_resting),
        ("L44", not to.is_of_age),
        ("K7", needs_friend(content.sender) and to.friend is not Friend.ADDED),
        ("L68", not to.has_address),
        (CAP_WEEK, to.had_week),
        ("K6", to.had_brand and PRODUCTS[content.sender] is Product.BRAND),
        (CAP_DAY, to.had_day),
        (HELD_OUT, to.is_held_out),
    )
    return _first(reasons)


def needs_friend(sender: SenderName) -> bool:
    """Whether only the channel's own friends can be reached by it (K4, K7)."""
    return PRODUCTS[sender] in (Product.EVENT, Product.BRAND)


def _judge_informed(product: Product, to: Recipient) -> Verdict:
    """Whom information reaches: in the chat a friend, else whoever has left a number and has not
    blocked the channel (I9).
    """
    if product in (Product.EVENT, Product.BRAND):
        return ALLOWED if to.friend is Friend.ADDED else Verdict("K7")
    if to.friend is Friend.BLOCKED:
        return Verdict("K7")
    return ALLOWED if to.has_address else Verdict("L68")


def _first(reasons: tuple[tuple[str | None, bool], ...]) -> Verdict:
    return next((Verdict(rule) for rule, applies in reasons if applies), ALLOWED)


REGULAR = Recipient(
    friend=Friend.ADDED,
    is_of_age=True,
    has_advertising_consent=True,
    has_withdrawn=False,
    is_resting=False,
    has_address=True,
)
"""Nearly everybody at leaving, a thousand a chunk: told apart by one comparison."""


def day_of(kind: MessageKind, sender: SenderName) -> Window:
    """The hours in which this kind of message leaves through this sender."""
    return SENDER_DAY[sender] if kind is MessageKind.ADVERTISEMENT else LAW_DAY
