"""An owner's answer: kept for the next word of who asked, and its arrival told at once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from campaigns.telling import tell_person
from campaigns.ways import EVERY_WAY
from domain.campaigns import SenderName
from domain.people import EnquiryId, ShopId
from domain.ways import NoticeUse
from loyalty.enquiries import settle_with_answer
from storage.desk import Tx
from storage.queries.enquiries import EnquiryView

USE = NoticeUse.ENQUIRY_ANSWERED
NEWS = "여쭤보신 것에 사장님 답이 왔어요. 아래 '보기'를 누르시면 보여 드려요."


@dataclass(frozen=True, slots=True)
class Answered:
    """`is_told`: a message tells them now; else they read it when they next speak."""

    enquiry: EnquiryView
    is_told: bool


def answer_enquiry(
    tx: Tx,
    shop_id: ShopId,
    enquiry_id: EnquiryId,
    answer: str,
    *,
    actor: str,
    at: datetime,
    offered: Collection[SenderName] = EVERY_WAY,
) -> Answered:
    """Raises as `settle_with_answer` does. `offered` are the ways that this installation has an
    account for.
    """
    enquiry = settle_with_answer(tx, shop_id, enquiry_id, answer, actor=actor, at=at)
    key = f"enquiry:{enquiry_id}"
    whose = shop_id, enquiry.customer_id
    told = tell_person(tx, *whose, key=key, body=NEWS, use=USE, at=at, offered=offered)
    return Answered(enquiry, is_told=told is not None)
