"""Who is who: surrogate ids, roles, phone numbers, names on screens."""

import re
from enum import StrEnum
from typing import NewType

ProgramId = NewType("ProgramId", int)
MarketId = NewType("MarketId", int)
ShopId = NewType("ShopId", int)
ChannelId = NewType("ChannelId", int)
StaffId = NewType("StaffId", int)
CustomerId = NewType("CustomerId", int)
CampaignId = NewType("CampaignId", int)
RunId = NewType("RunId", int)
ChunkId = NewType("ChunkId", int)
MessageId = NewType("MessageId", int)
GrantId = NewType("GrantId", int)
AccountId = NewType("AccountId", int)
VisitId = NewType("VisitId", int)
TallyId = NewType("TallyId", int)
RulesId = NewType("RulesId", int)
OfferId = NewType("OfferId", int)
CouponId = NewType("CouponId", int)
NoticeId = NewType("NoticeId", int)
TemplateId = NewType("TemplateId", int)
NoteId = NewType("NoteId", int)
TokenId = NewType("TokenId", int)
EnquiryId = NewType("EnquiryId", int)
AnswerId = NewType("AnswerId", int)
IdeaId = NewType("IdeaId", int)
TermsId = NewType("TermsId", int)
CohortId = NewType("CohortId", int)
ProposalId = NewType("ProposalId", int)
StatementId = NewType("StatementId", int)
SeriesId = NewType("SeriesId", int)
OwnSegmentId = NewType("OwnSegmentId", int)
HaltId = NewType("HaltId", int)
ReadyTextId = NewType("ReadyTextId", int)

DISPLAY_NAME_MAX = 20
MOBILE = re.compile(r"01[016789][0-9]{7,8}")
ABROAD = re.compile(r"^\+?820?")
"""How the leading 0 is written abroad, also as `+82 (0)`."""


class TokenRight(StrEnum):
    """What a program may do with a shop's token: a till writes down visits and coupons; another
    sends news, which spends the shop's money.
    """

    TILL = "till"
    SENDING = "sending"


class Role(StrEnum):
    """A manager runs a program, a market manager one market of it, an auditor reads all of it.
    A clerk stands at the counter: stamps, coupons and questions, no sending and no money.
    """

    MANAGER = "manager"
    MARKET_MANAGER = "market_manager"
    AUDITOR = "auditor"
    OWNER = "owner"
    CLERK = "clerk"


class Friend(StrEnum):
    """What we know of a person's tie to a channel."""

    ADDED = "added"
    NONE = "none"
    BLOCKED = "blocked"


def normal_phone(text: str) -> str | None:
    """The digits of a Korean mobile number, or None when it is not one."""
    digits = ABROAD.sub("0", re.sub(r"[\s().-]", "", text))
    return digits if MOBILE.fullmatch(digits) else None


def masked_phone(digits: str) -> str:
    return f"{digits[:3]}-****-{digits[-4:]}"


def clean_text(text: str) -> str:
    """Words from outside without what no database or screen can hold.

    Lone surrogates (a broken emoji) and control characters but newline are dropped.
    """
    sound = text.encode("utf-8", "ignore").decode("utf-8")
    return "".join(c for c in sound if c == "\n" or c.isprintable() or c in "\u200d\ufe0f").strip()
