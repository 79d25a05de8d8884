"""Everything of a shop's regulars as one workbook: the list is the owner's own (L48)."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from domain.audit import Act, shop_book
from domain.coupons import CouponState, CouponTerms
from domain.people import CustomerId, ShopId
from domain.time import in_kst
from domain.visits import PROVEN
from loyalty.cards import show_cards
from storage.desk import Tx
from storage.queries import exporting as books
from storage.queries.holdings import list_cards_of
from storage.queries.journal import append_audit

Value = str | int | datetime | None
Page = list[tuple[int, Sequence[Value]]]

YES, NO = "예", "아니요"
LAPSED = "기간이 지남"
OPEN = (CouponState.READY, CouponState.HELD)
INSTANT = timedelta(microseconds=1)
"""What ends at midnight still works on the day before."""

SOURCES: Mapping[str, str] = {
    "card": "도장 카드",
    "campaign": "소식",
    "joining": "단골 되신 선물",
    "birthday": "생일 선물",
    "hand": "직접 드림",
}
STATES: Mapping[str, str] = {
    "ready": "쓸 수 있음",
    "held": "쓰는 중",
    "used": "씀",
    "canceled": "취소됨",
}
PURPOSES: Mapping[str, str] = {
    "service": "단골 되기",
    "advertising": "광고 소식 받기",
    "phone": "전화번호",
    "birthday": "생일",
}
CHOICES: Mapping[str, str] = {
    "granted": "동의",
    "declined": "동의 안 함",
    "withdrawn": "동의를 거둠",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: `read` gives the rows after an id, each with its own."""

    name: str
    titles: Sequence[str]
    read: Callable[[Tx, ShopId, int, datetime], Page]


def _people(tx: Tx, shop_id: ShopId, after: int, at: datetime) -> Page:
    people = books.list_people_after(tx, shop_id, after)
    cards = list_cards_of(tx, shop_id, [CustomerId(one.row_id) for one in people], at)
    return [
        (
            one.row_id,
            (
                one.row_id,
                one.name,
                one.phone,
                f"{one.birthday.month}월 {one.birthday.day}일" if one.birthday else None,
                one.joined_at,
                one.visits,
                one.last_visit_at,
                cards[CustomerId(one.row_id)].stamps if one.row_id in cards else 0,
                YES if one.advertising_since else NO,
                one.advertising_since,
            ),
        )
        for one in people
    ]


def _visits(tx: Tx, shop_id: ShopId, after: int, _at: datetime) -> Page:
    return [
        (
            one.row_id,
            (
                one.customer_id,
                one.visited_at,
                one.stamps,
                one.items,
                one.spend_won,
                "확인된 방문" if one.way in PROVEN else "말씀하신 방문",
                one.canceled_at,
            ),
        )
        for one in books.list_visits_after(tx, shop_id, after)
    ]


def _coupons(tx: Tx, shop_id: ShopId, after: int, at: datetime) -> Page:
    return [
        (
            one.row_id,
            (
                one.customer_id,
                one.title,
                SOURCES[one.source],
                LAPSED if one.state in OPEN and one.expires_at <= at else STATES[one.state],
                one.issued_at,
                one.expires_at - INSTANT,
                one.used_at,
                YES if one.owed_at else NO,
            ),
        )
        for one in books.list_coupons_after(tx, shop_id, after)
    ]


def _choices(tx: Tx, shop_id: ShopId, after: int, _at: datetime) -> Page:
    return [
        (
            one.row_id,
            (
                one.customer_id,
                PURPOSES[one.purpose],
                CHOICES[one.choice],
                one.chosen_at,
                one.text_version,
                one.pressed,
                one.told_at,
            ),
        )
        for one in books.list_choices_after(tx, shop_id, after)
    ]


def _notes(tx: Tx, shop_id: ShopId, after: int, _at: datetime) -> Page:
    return [
        (one.row_id, (one.customer_id, one.written_at, one.words))
        for one in books.list_notes_after(tx, shop_id, after)
    ]


def _enquiries(tx: Tx, shop_id: ShopId, after: int, _at: datetime) -> Page:
    return [
        (one.row_id, (one.customer_id, one.asked_at, one.words, _sent(one), one.settled_at))
        for one in books.list_enquiries_after(tx, shop_id, after)
    ]


def _sent(enquiry: books.EnquiryRow) -> str | None:
    """An answer that is only kept has been given to nobody yet."""
    return enquiry.answer if enquiry.settled_at else None


def _cards(tx: Tx, shop_id: ShopId, after: int, _at: datetime) -> Page:
    cards = show_cards(tx, shop_id) if not after else []
    return [
        (number, (number, card.needed, card.starter, card.expiry_days, place, coupon.title))
        for number, card in enumerate(cards, 1)
        for place, coupon in _in_order(card.rewards)
    ]


def _in_order(rewards: Mapping[int, CouponTerms]) -> Sequence[tuple[int, CouponTerms]]:
    return sorted(rewards.items(), key=lambda one: one[0])


NUMBER = "손님 번호"
SHEETS: Sequence[Sheet] = (
    Sheet(
        name="단골",
        titles=(
            *(NUMBER, "이름", "전화번호", "생일", "단골 된 날", "방문 횟수", "마지막 방문"),
            "도장",
            *("광고 소식 동의", "동의한 날"),
        ),
        read=_people,
    ),
    Sheet(
        name="방문",
        titles=(NUMBER, "언제", "도장", "산 개수", "쓴 돈(원)", "어떻게", "취소한 때"),
        read=_visits,
    ),
    Sheet(
        name="쿠폰",
        titles=(
            *(NUMBER, "쿠폰", "왜 드렸나", "상태", "드린 때", "이날까지", "쓴 때"),
            "먼저 쓴 보상",
        ),
        read=_coupons,
    ),
    Sheet(
        name="동의 기록",
        titles=(NUMBER, "무엇", "고른 것", "언제", "안내 문구", "누른 말", "결과를 알린 때"),
        read=_choices,
    ),
    Sheet(
        name="질문",
        titles=(NUMBER, "언제", "질문", "답", "답한 때"),
        read=_enquiries,
    ),
    Sheet(name="메모", titles=(NUMBER, "언제", "메모"), read=_notes),
    Sheet(
        name="카드 규칙",
        titles=(
            "카드 순서",
            "채울 도장",
            "미리 찍는 도장",
            "유효기간(일)",
            "이 도장에",
            "드리는 것",
        ),
        read=_cards,
    ),
)
"""In the order of the workbook; each is read and written page by page."""


class Binder:
    """A workbook in the making. Rows go to disk as they come; drawing takes time: not for the
    event loop.
    """

    def __init__(self) -> None:
        self._file = io.BytesIO()
        self._book = Workbook(self._file, {"constant_memory": True})
        self._bold = self._book.add_format({"bold": True, "bg_color": "#e3efe6"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._sheet: Worksheet | None = None
        self._row = 0

    def begin(self, sheet: Sheet) -> None:
        self._sheet = self._book.add_worksheet(sheet.name)
        self._sheet.set_column(0, len(sheet.titles) - 1, 18)
        self._sheet.freeze_panes(1, 0)
        for column, title in enumerate(sheet.titles):
            self._sheet.write_string(0, column, title, self._bold)
        self._row = 1

    def add(self, page: Page) -> None:
        for _, values in page:
            for column, value in enumerate(values):
                self._write(column, value)
            self._row += 1

    def _write(self, column: int, value: Value) -> None:
        """Words are written as words: a name such as `=1+1` is never a formula."""
        assert self._sheet is not None, "begin comes first"
        match value:
            case None:
                return
            case str():
                self._sheet.write_string(self._row, column, value)
            case datetime():
                local = in_kst(value).replace(tzinfo=None)
                self._sheet.write_datetime(self._row, column, local, self._moment)
            case int():
                self._sheet.write_number(self._row, column, value)

    def finish(self) -> bytes:
        self._book.close()
        return self._file.getvalue()


def note_export(tx: Tx, shop_id: ShopId, *, actor: str, at: datetime) -> date:
    """Written down before anything leaves; the (Korean) day for the file's name."""
    act = Act(actor=actor, act="export_regulars", subject=f"shop:{shop_id}", at=at)
    append_audit(tx, shop_book(shop_id), act)
    return in_kst(at).date()
