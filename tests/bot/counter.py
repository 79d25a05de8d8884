"""The shop's side of the dialogues: what an owner or a till does, said back in one line."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text

from campaigns.audience import audience_of, list_reached
from domain.campaigns import SenderName
from domain.cards import ExpiryFrom
from domain.coupons import CouponAct, CouponKind, CouponSource, CouponTerms, CouponWay
from domain.holdout import Draw
from domain.notices import NoticeKind
from domain.people import CouponId, EnquiryId, OfferId, ShopId, VisitId
from domain.refusals import Refusal
from domain.rules import ShopRules
from domain.segments import EVERYBODY
from domain.visits import VisitWay
from loyalty.cards import CardDraft, set_cards, set_rules
from loyalty.codes import issue_counter_code
from loyalty.coupons import NewOffer, Redeemed, Showing, give, make_offer, reverse_coupon
from loyalty.coupons import use_by_code as use_coupon_by_code
from loyalty.enquiries import close_enquiry, list_open_enquiries, settle_with_answer
from loyalty.join_codes import issue_join_code
from loyalty.ready_answers import add_ready_answer
from loyalty.sales import Sale
from loyalty.visits import Canceled, Stamped, cancel_visit, stamp_by_code
from storage.desk import Tx
from storage.queries.places import get_shop
from storage.statements import Statement
from tests.bot.conftest import Bot
from tests.factories import rows, sweep

OWNER = "owner:1"
WEEKDAYS = "월화수목금토일"
SHOP_COLUMNS = {
    "영업시간": "hours",
    "주소": "address",
    "전화": "contact",
    "메뉴": "menu",
    "주차": "parking",
    "답하는시간": "reply_hours",
}
ACTS = {CouponAct.USE: "사용", CouponAct.REVERSE: "되돌림"}
REFUSALS = {
    "code": "없는 번호",
    "code_used": "이미 쓴 번호",
    "code_lapsed": "시간이 지난 번호",
    "code_of_coupon": "쿠폰 번호",
    "code_of_visit": "도장 번호",
    "day_limit": "하루에 찍을 만큼 찍음",
    "coupon_used": "이미 쓴 쿠폰",
    "coupon_canceled": "없어진 쿠폰",
    "coupon_lapsed": "끝난 쿠폰",
    "no_stacking": "다른 쿠폰과 함께 못 씀",
}


@dataclass(slots=True)
class Counter:
    """One shop's counter, with the list that its till keeps while the network is gone."""

    bot: Bot
    shop_id: ShopId
    drawn: list[VisitId] = field(default_factory=list)
    used: list[CouponId] = field(default_factory=list)
    kept: list[tuple[str, Sale]] = field(default_factory=list)
    said: int = 0

    @property
    def now(self) -> datetime:
        return self.bot.clock.at

    async def do(self, words: str) -> str:
        """An owner's line, and what came of it."""
        name, _, rest = words.partition(" ")
        acts: dict[str, Callable[[str], Any]] = {
            "카드": self._card,
            "규칙": self._rules,
            "쿠폰선물": self._gift,
            "생일선물": self._birthday_gift,
            "도장": self._stamp,
            "취소": self._cancel,
            "쿠폰": self._use,
            "쿠폰되돌리기": self._reverse,
            "QR": self._rotating,
            "인쇄QR": self._printed,
            "가게화면": self._front,
            "안내": self._say_of_shop,
            "준비된답": self._ready,
            "문의함": self._questions,
            "답": self._answer,
            "답없이닫기": self._close,
            "소식받는분": self._reached,
            "부르는이름": self._names,
        }
        return await self._told(acts[name](rest))

    async def keep(self, words: str) -> str:
        """A sale on the till's own list."""
        _, digits = words.split(" ")
        sale = Sale(key=self._key(), actor=OWNER, happened_at=self.now)
        self.kept.append((digits, sale))
        return f"{len(self.kept)}건이 보내기를 기다림"

    async def send_list(self) -> str:
        """The whole list, each sale for itself; the till does not know what had arrived."""
        told = [await self._told(self._write_stamp(*one)) for one in self.kept]
        return " / ".join(told)

    async def in_the_books(self) -> str:
        """What stands in the database, whatever was said."""
        sql = """SELECT
            (SELECT count(*) FROM visit WHERE canceled_at IS NULL),
            (SELECT coalesce(sum(stamps), 0) FROM tally WHERE closed_at IS NULL),
            (SELECT count(*) FROM coupon WHERE state = 'ready'),
            (SELECT count(*) FROM coupon WHERE owed_at IS NOT NULL),
            (SELECT count(*) FROM customer)"""
        ((visits, stamps, ready, owed, people),) = await self.bot.books.read(rows, sql)
        return (
            f"방문 {visits}번, 도장 {stamps}개, 쿠폰 {ready}장, 갚을 보상 {owed}개, 손님 {people}명"
        )

    async def _told(self, work: Any) -> str:
        try:
            result = await work
        except Refusal as refusal:
            return f"안 됨: {REFUSALS[refusal.reason]}"
        match result:
            case Stamped():
                return self._stamped(result)
            case Canceled():
                return _canceled(result)
            case Redeemed():
                self.used.append(result.coupon.coupon_id)
                return f"쿠폰 {ACTS[result.act]}: {result.coupon.terms.title}"
            case _:
                return str(result or "")

    def _stamped(self, stamped: Stamped) -> str:
        if not stamped.is_repeated:
            self.drawn.append(stamped.visit_id)
        card = f"{stamped.card.stamps} / {stamped.card.needed}개" if stamped.card else "카드 없음"
        earned = "".join(f", 쿠폰 {one.title}" for one in stamped.earned)
        paid = "".join(f", 갚은 보상 {title}" for title in stamped.paid)
        again = " (이미 적은 것)" if stamped.is_repeated else ""
        return f"도장 {stamped.stamps}개, {card}, {stamped.visits}번째{earned}{paid}{again}"

    def _key(self) -> str:
        self.said += 1
        return f"counter:{self.said}"

    def _stamp(self, digits: str) -> Any:
        return self._write_stamp(digits, Sale(key=self._key(), actor=OWNER))

    def _write_stamp(self, digits: str, sale: Sale) -> Any:
        return self.bot.books.write(stamp_by_code, self.shop_id, digits, sale, self.now)

    def _cancel(self, _: str) -> Any:
        visit_id = self.drawn.pop()
        return self.bot.books.write(cancel_visit, self.shop_id, visit_id, actor=OWNER, at=self.now)

    def _showing(self) -> Showing:
        return Showing(key=self._key(), way=CouponWay.CODE, actor=OWNER)

    def _use(self, digits: str) -> Any:
        write, showing = self.bot.books.write, self._showing()
        return write(use_coupon_by_code, self.shop_id, digits, showing, self.now)

    def _reverse(self, _: str) -> Any:
        write, showing = self.bot.books.write, self._showing()
        return write(reverse_coupon, self.shop_id, self.used.pop(), showing, self.now)

    def _rotating(self, _: str) -> Any:
        return self._counter_code(VisitWay.ROTATING_QR)

    def _printed(self, _: str) -> Any:
        return self._counter_code(VisitWay.PIN)

    async def _front(self, _: str) -> str:
        """The shop's page for everybody."""
        shop = await self.bot.books.read(get_shop, self.shop_id)
        shown = await self.bot.books.write(issue_join_code, shop, self.now)
        assert shown is not None
        return f"번호 {shown.digits}"

    async def _counter_code(self, way: VisitWay) -> str:
        shown = await self.bot.books.write(
            issue_counter_code, self.bot.channel_id, self.shop_id, way, self.now
        )
        return f"번호 {shown.digits}"

    async def _card(self, words: str) -> None:
        """`3개 단팥빵, 2개째 쿠키, 30일`"""
        needed, title = words.split(",", maxsplit=1)[0].split("개 ", 1)
        rewards = {int(needed): _item(title)}
        days = None
        for more in words.split(", ")[1:]:
            if place := re.fullmatch(r"(\d+)개째 (.+)", more):
                rewards[int(place[1])] = _item(place[2])
            else:
                days = int(more.removesuffix("일"))
        draft = CardDraft(
            needed=int(needed), rewards=rewards, expiry_days=days, expiry_from=ExpiryFrom.LAST
        )
        write = self.bot.books.write
        await write(set_cards, self.shop_id, [draft], actor=OWNER, at=self.now)

    async def _rules(self, words: str) -> None:
        """`하루 1번` or `도장마다 알림`"""
        per_day = re.fullmatch(r"하루 (\d+)번", words)
        rules = (
            ShopRules(visits_per_day_max=int(per_day[1]))
            if per_day
            else ShopRules(notices=frozenset(NoticeKind))
        )
        await self.bot.books.write(set_rules, self.shop_id, rules, actor=OWNER, at=self.now)

    async def _gift(self, words: str) -> None:
        """`월·화 아메리카노`: a coupon by hand to every regular, good on these days."""
        days, title = words.split(" ", 1)
        weekdays = frozenset(WEEKDAYS.index(day) for day in days.split("·"))
        terms = CouponTerms(kind=CouponKind.ITEM, title=title, item=title, weekdays=weekdays)
        offer = NewOffer(source=CouponSource.HAND, terms=terms)
        write = self.bot.books.write
        offer_id: OfferId = await write(make_offer, self.shop_id, offer, actor=OWNER, at=self.now)
        for (customer_id,) in await self._regulars():
            person = self.shop_id, customer_id
            key = f"hand:{self._key()}"
            await write(give, person, offer_id, key=key, actor=OWNER, at=self.now)

    async def _birthday_gift(self, title: str) -> None:
        offer = NewOffer(source=CouponSource.BIRTHDAY, terms=_item(title))
        await self.bot.books.write(make_offer, self.shop_id, offer, actor=OWNER, at=self.now)

    async def _say_of_shop(self, words: str) -> None:
        """`주차 가게 앞에 두 대`: one fact, or none after its name."""
        name, _, value = words.partition(" ")
        sql = f"UPDATE shop SET {SHOP_COLUMNS[name]} = :value WHERE id = :shop"
        statement = Statement(text(sql))
        await self.bot.books.write(
            lambda tx: tx.run(statement, value=value or None, shop=self.shop_id)
        )

    async def _ready(self, words: str) -> None:
        """`질문 = 답`"""
        question, answer = words.split(" = ")
        about = self.shop_id, question, answer
        await self.bot.books.write(add_ready_answer, *about, actor=OWNER, at=self.now)

    async def _questions(self, _: str) -> str:
        waiting = await self.bot.books.read(list_open_enquiries, self.shop_id)
        late = [" (늦음)" if one.is_late(self.now) else "" for one in waiting]
        told = [f"{one.words}{is_late}" for one, is_late in zip(waiting, late, strict=True)]
        return " / ".join(told) or "없음"

    async def _first(self) -> EnquiryId:
        waiting = await self.bot.books.read(list_open_enquiries, self.shop_id)
        return waiting[0].enquiry_id

    async def _answer(self, words: str) -> None:
        about = self.shop_id, await self._first(), words
        await self.bot.books.write(settle_with_answer, *about, actor=OWNER, at=self.now)

    async def _close(self, _: str) -> None:
        about = self.shop_id, await self._first()
        await self.bot.books.write(close_enquiry, *about, actor=OWNER, at=self.now)

    async def _reached(self, _: str) -> str:
        """Whom an advertisement may reach at this instant."""
        return f"{await self.bot.books.read(_count_reached, self.shop_id, self.now)}명"

    async def _names(self, _: str) -> str:
        sql = "SELECT name FROM membership WHERE shop_id = :shop ORDER BY customer_id"
        found = await self.bot.books.read(rows, sql, shop=self.shop_id)
        return " / ".join(str(row[0]) for row in found)

    async def sweep(self) -> str:
        """What the worker does every day."""
        while await self.bot.books.write(sweep, self.now):
            pass
        return ""

    async def _regulars(self) -> list[tuple[Any, ...]]:
        sql = "SELECT customer_id FROM membership WHERE shop_id = :shop ORDER BY customer_id"
        return await self.bot.books.read(rows, sql, shop=self.shop_id)


def _count_reached(tx: Tx, shop_id: ShopId, at: datetime) -> int:
    shop = get_shop(tx, shop_id)
    everybody = audience_of(tx, shop, EVERYBODY, Draw(), at)
    return len(list_reached(tx, shop, everybody, SenderName.KAKAO_EVENT))


def _canceled(canceled: Canceled) -> str:
    card = f"{canceled.card.stamps} / {canceled.card.needed}개" if canceled.card else "카드 없음"
    gone, owed = len(canceled.canceled), len(canceled.owed)
    again = " (이미 취소)" if canceled.is_repeated else ""
    return f"취소: 도장 {canceled.stamps}개, {card}, 없앤 쿠폰 {gone}장, 갚을 보상 {owed}개{again}"


def _item(title: str) -> CouponTerms:
    return CouponTerms(kind=CouponKind.ITEM, title=title, item=title)
