"""What an AlimTalk says, composed when it leaves: the books keep its cause and no words of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import orjson

from domain.alimtalk import CONTACT, SENDER, TEMPLATE, fill_text, flaw_of_values
from domain.bubbles import Notice
from domain.consent import Choice
from domain.notices import NoticeKind, NoticeState, Telling
from domain.people import CustomerId, NoticeId, ShopId
from domain.statutory import StatutoryKind
from domain.time import in_kst
from domain.ways import NoticeUse
from storage.desk import Tx
from storage.queries.chunks import RunFacts
from storage.queries.notice_templates import find_approved
from storage.queries.notices import find_notice
from storage.queries.places import get_shop
from storage.queries.statutory import Owed, find_statutory

USES: Final[Mapping[NoticeKind, NoticeUse]] = {
    NoticeKind.STAMP_SAVED: NoticeUse.STAMP_SAVED,
    NoticeKind.COUPON_EARNED: NoticeUse.COUPON_EARNED,
    NoticeKind.COUPON_LAPSING: NoticeUse.COUPON_LAPSING,
    NoticeKind.ENQUIRY_ANSWERED: NoticeUse.ENQUIRY_ANSWERED,
}
STATUTORY_USES: Final[Mapping[StatutoryKind, NoticeUse]] = {
    StatutoryKind.RESULT: NoticeUse.CONSENT_RESULT,
    StatutoryKind.CONFIRM: NoticeUse.CONSENT_CONFIRM,
}
CHOICE_WORDS: Final[Mapping[Choice, tuple[str, str]]] = {
    Choice.GRANTED: ("광고 수신 동의", "동의하신 대로 처리했어요"),
    Choice.DECLINED: ("광고 수신 거부", "거부하신 대로 처리했어요"),
    Choice.WITHDRAWN: ("광고 수신 동의 철회", "철회하신 대로 처리했어요"),
}

Values = Mapping[str, str]


class Composed(NamedTuple):
    """The message, or by which rule there is none."""

    notice: Notice | None
    flaw: str | None = None


class Told(NamedTuple):
    """What kind of text a message needs, and what stands in it."""

    use: NoticeUse
    values: Values


def compose_notice(tx: Tx, shop_id: ShopId, facts: RunFacts) -> Composed:
    """The one message of a run. None of what it tells is so any more, was told in the chat
    meanwhile, or finds no approved template into which it fits: TEMPLATE; K15 where a name in it
    would urge to buy.
    """
    shop = get_shop(tx, shop_id)
    told = _told(tx, shop_id, facts)
    if told is None:
        return Composed(None, TEMPLATE)
    template = find_approved(tx, shop.channel_id, facts.sender, told.use)
    if template is None:
        return Composed(None, TEMPLATE)
    values = {SENDER: shop.name, CONTACT: facts.contact, **told.values}
    flaw = flaw_of_values(template.body, values)
    return Composed(None if flaw else fill_text(template.code, template.body, values), flaw)


def _told(tx: Tx, shop_id: ShopId, facts: RunFacts) -> Told | None:
    cause, _, rest = facts.cause.partition(":")
    number = rest.partition(":")[0]
    if facts.customer_id is None or not number.isdigit():
        return None
    match Telling(cause):
        case Telling.ANSWER:
            return Told(NoticeUse.ENQUIRY_ANSWERED, {})
        case Telling.STATUTORY:
            owed = find_statutory(tx, shop_id, facts.customer_id, int(number))
            return Told(STATUTORY_USES[owed.kind], _statutory(owed)) if owed else None
        case Telling.NOTICE:
            return _earned(tx, shop_id, facts.customer_id, NoticeId(int(number)))
        case Telling.IDEA:
            return None


def _statutory(owed: Owed) -> Values:
    chosen, result = CHOICE_WORDS[owed.choice]
    return {"고르신것": chosen, "고르신날": on_day(owed.chosen_at), "처리결과": result}


def _earned(tx: Tx, shop_id: ShopId, customer_id: CustomerId, notice_id: NoticeId) -> Told | None:
    notice = find_notice(tx, shop_id, customer_id, notice_id)
    if notice is None or notice.state is not NoticeState.SENT or not notice.is_told:
        return None
    return Told(USES[notice.kind], values_of(notice.kind, notice.facts))


def values_of(kind: NoticeKind, facts: str) -> Values:
    """What a notice of stamps or a coupon fills in, from the JSON that it was written with."""
    told = orjson.loads(facts)
    if kind is NoticeKind.STAMP_SAVED:
        numbers = {"찍은도장": "stamps", "모은도장": "count", "필요한도장": "needed"}
        return {name: str(told[fact]) for name, fact in numbers.items()}
    last = datetime.fromisoformat(told["expires_at"]) - timedelta(microseconds=1)
    return {"쿠폰이름": told["title"], "마지막날": on_day(last)}


def on_day(at: datetime) -> str:
    day = in_kst(at)
    return f"{day.year}년 {day.month}월 {day.day}일"
