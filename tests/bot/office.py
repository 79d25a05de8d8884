"""The shop's people, money and worker in the dialogues, each said back in one line."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from campaigns.dispatch import Dispatcher
from campaigns.ideas import choose_time, lapse_old_ideas, propose_ideas
from campaigns.invariants import check_invariants
from campaigns.plan import plan_next
from domain.campaigns import SenderName
from domain.ideas import IdeaTime
from domain.money import won
from domain.people import Role, ShopId, StaffId
from domain.refusals import Refusal
from storage.desk import Tx
from storage.queries.ideas import note_asked_once
from storage.queries.places import get_shop
from storage.queries.staff import list_staff
from subsidy.enrolling import enroll_shop
from subsidy.grants import start_grant
from subsidy.invitations import accept, invite
from subsidy.offering import Offer, offer_grant
from subsidy.pairing import make_pairing_code
from subsidy.signing_in import sign_in
from subsidy.staff import remove_staff
from subsidy.wallets import top_up
from tests.bot.conftest import Bot
from tests.campaigns.fakes import FakeSender
from tests.factories import QUALIFIED, change, rows

OFFICE_ACTS = (
    *("연결번호", "지원금", "충전", "일꾼", "내보내기", "링크", "감사기록"),
    *("소식때", "소식고르기"),
)
WEEKDAYS = "월화수목금토일"
IDEA_TIME = re.compile(r"([월화수목금토일])요일 (\d+)시 ")
ROLES = {"사장님": Role.OWNER, "직원": Role.CLERK}
REFUSALS = {
    "entry": "없는 링크",
    "entry_used": "이미 쓴 링크",
    "entry_lapsed": "시간이 지난 링크",
    "last_owner": "하나뿐인 사장님",
}


@dataclass(slots=True)
class Office:
    """What happens beside the chats: at the console, in the worker, with the program."""

    bot: Bot
    sender: FakeSender = field(default_factory=lambda: FakeSender(SenderName.KAKAO_EVENT))
    granted: int = 0

    async def do(self, what: str, words: str) -> str:
        acts: dict[str, Callable[[str], Any]] = {
            "연결번호": self._code,
            "지원금": self._grant,
            "충전": self._top_up,
            "일꾼": self._work,
            "내보내기": self._remove,
            "링크": self._link,
            "감사기록": self._audit,
            "소식때": self._idea_time,
            "소식고르기": self._ideas,
        }
        try:
            return str(await acts[what](words) or "")
        except Refusal as refusal:
            return f"안 됨: {REFUSALS[refusal.reason]}"

    async def _code(self, words: str) -> str:
        """`사장님 박보람 연남빵집`: eight digits from the console, for whoever has been invited."""
        role, name, shop = words.split(" ", 2)
        shop_id = await self._shop(shop)
        staff_id = await self._staff(shop_id, name)
        if staff_id is None:
            staff_id = await self.bot.books.write(self._invited, ROLES[role], shop_id, name)
        code = await self.bot.books.write(make_pairing_code, staff_id, self.bot.clock.at)
        return f"번호 {code.digits}"

    def _invited(self, tx: Tx, role: Role, shop_id: ShopId, name: str) -> StaffId:
        """Whether they want a weekly idea is asked in the dialogues about it alone."""
        at = self.bot.clock.at
        note_asked_once(tx, shop_id, at)
        return accept(tx, invite(tx, role, shop_id=shop_id, name=name, at=at), at)

    async def _grant(self, words: str) -> None:
        """`30,000 연남빵집`, started, good for 30 days."""
        amount, shop = words.split(" ", 1)
        self.granted += 1
        shop_id = await self._shop(shop)
        jeon, key = won(int(amount.replace(",", ""))), f"grant:{self.granted}"
        await self.bot.books.write(_give, shop_id, jeon, key, self.bot.clock.at)

    async def _top_up(self, words: str) -> None:
        """`10,000 연남빵집`: the shop's own money."""
        amount, shop = words.split(" ", 1)
        self.granted += 1
        shop_id, jeon = await self._shop(shop), won(int(amount.replace(",", "")))
        about = {"reference": "20261101-1", "form_key": f"own:{self.granted}", "actor": "manager:1"}
        await self.bot.books.write(top_up, shop_id, jeon, **about, at=self.bot.clock.at)

    async def _work(self, _: str) -> str:
        """Everything that is due: planned, sent, reported."""
        clock, books = self.bot.clock, self.bot.books
        before = sum(self.sender.arrived.values())
        worker = Dispatcher(books, {self.sender.name: self.sender}, clock, "https://dangol.example")
        while await books.write_batch(plan_next, clock.at):
            pass
        for _round in range(3):
            while await worker.send_next() or await worker.ask_next():
                pass
            clock.pass_(seconds=20)
        broken = await books.read(check_invariants)
        assert not any(broken.values()), broken
        return f"{sum(self.sender.arrived.values()) - before}명이 받음"

    async def _remove(self, words: str) -> None:
        """`박보람 연남빵집`"""
        name, shop = words.split(" ", 1)
        shop_id = await self._shop(shop)
        staff_id = await self._staff(shop_id, name)
        assert staff_id is not None
        write, at = self.bot.books.write, self.bot.clock.at
        await write(remove_staff, shop_id, staff_id, actor="owner:1", at=at)

    async def _link(self, words: str) -> str:
        """The token of the console's button, pressed."""
        staff = await self.bot.books.write(sign_in, words, self.bot.clock.at)
        return f"{staff.name} 들어감"

    async def _audit(self, act: str) -> str:
        sql = "SELECT count(*) FROM audit_line WHERE act = :act"
        ((count,),) = await self.bot.books.read(rows, sql, act=act)
        return f"{count}줄"

    async def _idea_time(self, words: str) -> None:
        """`수요일 10시 연남빵집`, or `처음 연남빵집`: nobody has asked yet."""
        shop_id = await self._shop(words.rpartition(" ")[2])
        write, at = self.bot.books.write, self.bot.clock.at
        if found := IDEA_TIME.match(words):
            chosen = IdeaTime(day=WEEKDAYS.index(found[1]), hour=int(found[2]))
            await write(choose_time, shop_id, chosen, actor="owner:1", at=at)
        else:
            await write(change, "UPDATE shop SET idea_day = NULL, idea_asked_at = NULL")

    async def _ideas(self, _: str) -> str:
        """What the worker does every minute; how many ideas there are now."""
        for step in (propose_ideas, lapse_old_ideas):
            await self.bot.books.write_batch(step, self.bot.clock.at)
        ((count,),) = await self.bot.books.read(rows, "SELECT count(*) FROM idea")
        return f"{count}개"

    async def _shop(self, name: str) -> ShopId:
        sql = "SELECT id FROM shop WHERE name = :name"
        ((shop_id,),) = await self.bot.books.read(rows, sql, name=name)
        return ShopId(shop_id)

    async def _staff(self, shop_id: ShopId, name: str) -> StaffId | None:
        people = await self.bot.books.read(list_staff, shop_id)
        return next((one.staff_id for one in people if one.name == name), None)


def _give(tx: Tx, shop_id: ShopId, jeon: Any, key: str, at: Any) -> None:
    end = at + timedelta(days=30)
    program_id = get_shop(tx, shop_id).program_id
    enroll_shop(tx, program_id, shop_id, QUALIFIED, actor="manager:1", at=at)
    grant_id = offer_grant(
        tx,
        program_id,
        shop_id,
        Offer(amount_jeon=jeon, start_by=end, expires_at=end),
        form_key=key,
        actor="manager:1",
        at=at,
    )
    start_grant(tx, shop_id, grant_id, actor="owner:1", at=at)
