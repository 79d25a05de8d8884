"""Messages sent by hand in Kakao's own centre, as owners and managers tell of them."""

from dataclasses import dataclass
from datetime import date, datetime

from console.forms import Form
from console.owner.reward import whole
from domain.campaigns import MessageKind
from domain.money import Price, Tariff
from domain.people import ShopId
from domain.refusals import Invalid
from domain.time import in_kst
from storage.desk import Tx
from storage.queries.hand_sendings import HandView, list_hand_sendings
from storage.queries.prices import find_price
from subsidy.by_hand import TOLD_WITHIN, Sending, correction_key


@dataclass(frozen=True, slots=True, kw_only=True)
class HandDesk:
    """`corrected` are the ids of records that a later one takes back; an owner may do so with what
    was recorded since `owner_since`.
    """

    told: list[HandView]
    corrected: frozenset[int]
    plain: Price | None
    targeted: Price | None
    today: date
    owner_since: datetime


def read_sending(form: Form) -> Sending:
    """Raises Invalid with everything that is wrong at once."""
    wrong = {}
    people = whole(form.text("people"))
    if people is None:
        wrong["people"] = "받은 분이 몇 명인지 숫자로 적어 주세요."
    try:
        sent_on = date.fromisoformat(form.text("sent_on"))
    except ValueError:
        wrong["sent_on"] = "보낸 날을 골라 주세요."
    if not form.text("form_key"):
        wrong["form_key"] = "한 번 더 눌러 주세요."
    if wrong:
        raise Invalid(wrong)
    assert people is not None, "else it is wrong"
    return Sending(sent_on=sent_on, people=people, is_targeted=form.text("targeted") == "1")


def read_agreed(form: Form) -> int | None:
    """What the page said before in jeon, None when it has said nothing yet."""
    return whole(form.text("agreed"))


def read_hand_desk(tx: Tx, shop_id: ShopId, at: datetime) -> HandDesk:
    told = list_hand_sendings(tx, shop_id)
    keys = {one.form_key for one in told}
    plain, targeted = (
        find_price(
            tx,
            Tariff.CHANNEL_MESSAGE,
            MessageKind.ADVERTISEMENT,
            at,
            is_targeted=is_targeted,
        )
        for is_targeted in (False, True)
    )
    return HandDesk(
        told=told,
        corrected=frozenset(one.hand_id for one in told if correction_key(one.hand_id) in keys),
        plain=plain,
        targeted=targeted,
        today=in_kst(at).date(),
        owner_since=at - TOLD_WITHIN,
    )
