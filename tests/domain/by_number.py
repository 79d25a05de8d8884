"""Rows of the gate's table for what goes to a phone number: text messages and AlimTalk."""

from datetime import UTC, datetime, time, timedelta

from domain.bubbles import Letter
from domain.campaigns import BRAND_SENDERS, PRODUCTS, MessageKind, Product, SenderName
from domain.compliance import Sign
from domain.gate import REGULAR, Content, Recipient, needs_friend
from domain.letters import write_letter
from domain.marks import flaw_of
from domain.people import Friend
from domain.time import KST

AD, INFORMATION = MessageKind.ADVERTISEMENT, MessageKind.INFORMATION
LMS, TALK = SenderName.SOLAPI_LMS, SenderName.SOLAPI_ALIMTALK
NOON = time(12)
SIGN = Sign(name="연남빵집", contact="02-123-4567", opt_out="080-123-4567")
LETTER = write_letter(SIGN.name, SIGN.contact, SIGN.opt_out, "식빵이 나와요.")
OTHER = Sign(name=SIGN.name, contact="02-9")
LONGER = Letter(LETTER.subject, f"{LETTER.text}\n또 봬요")


def texted(minutes: float = 1, flaw: str | None = None) -> Content:
    """A text message of a shop that wants it, with a certificate until so many minutes after noon."""
    noon = datetime.combine(datetime(2026, 11, 25, tzinfo=KST), NOON, KST).astimezone(UTC)
    return Content(AD, LMS, flaw=flaw, texts_until=noon + timedelta(minutes=minutes))


STRANGER = REGULAR._replace(friend=Friend.NONE)
BLOCKED = REGULAR._replace(friend=Friend.BLOCKED)
NUMBERLESS = REGULAR._replace(has_address=False)
UNASKED = REGULAR._replace(has_advertising_consent=False)
ROWS_BY_NUMBER: list[tuple[str | None, Content, Recipient, time]] = [
    # L18: as a text message only from a shop that wants it, by a firm that is certified this day.
    (None, texted(), REGULAR, NOON),
    ("L18", texted(0), REGULAR, NOON),
    ("L18", Content(AD, LMS), REGULAR, NOON),
    ("L18", Content(AD, LMS), STRANGER, NOON),
    (None, texted(), STRANGER, NOON),
    ("L1", texted(), UNASKED, NOON),
    ("L4", texted(), BLOCKED, NOON),
    ("L68", texted(), NUMBERLESS, NOON),
    ("K1", texted(600), REGULAR, time(20, 50)),
    (None, texted(flaw=flaw_of(AD, LETTER, SIGN)), REGULAR, NOON),
    ("L6", texted(flaw=flaw_of(AD, Letter("빵", LETTER.text), SIGN)), REGULAR, NOON),
    ("L7", texted(flaw=flaw_of(AD, LETTER, OTHER)), REGULAR, NOON),
    ("L8", texted(flaw=flaw_of(AD, LONGER, SIGN)), REGULAR, NOON),
    # K15: an AlimTalk advertises nothing; it needs a number, not a friend.
    (None, Content(INFORMATION, TALK), STRANGER, NOON),
    (None, Content(INFORMATION, TALK), UNASKED, NOON),
    ("K15", Content(AD, TALK), REGULAR, NOON),
    ("K15", Content(AD, SenderName.NHN_ALIMTALK), STRANGER, NOON),
    ("K15", Content(INFORMATION, TALK, flaw="K15"), REGULAR, NOON),
    ("K7", Content(INFORMATION, SenderName.NHN_ALIMTALK), BLOCKED, NOON),
    ("L68", Content(INFORMATION, SenderName.NHN_ALIMTALK), NUMBERLESS, NOON),
]


def is_reachable(sender: SenderName, to: Recipient) -> bool:
    """A friend, or where a number is enough, who left one and has not blocked the channel."""
    if needs_friend(sender):
        return to.friend is Friend.ADDED
    return to.has_address and to.friend is not Friend.BLOCKED


def as_regular(content: Content, to: Recipient, instant: datetime) -> Recipient:
    """Whoever got an advertisement, without what did not matter on its way."""
    product = PRODUCTS[content.sender]
    assert product is not Product.ALIMTALK
    if product is Product.LMS:
        assert content.texts_until is not None
        assert instant < content.texts_until
        to = to._replace(friend=Friend.ADDED)
    return to._replace(had_brand=to.had_brand and content.sender in BRAND_SENDERS)
