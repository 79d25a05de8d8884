"""Every button of the managers' desk, pressed: one line in the audit log each, and no more (I12)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest_asyncio

from campaigns.invariants import check_invariants
from campaigns.plan import plan_next
from console.manager.routes import MANAGER_ROUTES
from domain.people import GrantId, Role
from storage.books import Books
from subsidy.grants import start_grant
from tests.console import test_notice_templates, test_ways_page
from tests.console.browser import Browser, Browsers, Page
from tests.console.desk import hire
from tests.console.street import Clock, Street, add_regulars, book_news
from tests.console.test_doubts import leave_in_doubt
from tests.console.test_program_pages import COHORT, PRICE, TERMS
from tests.console.test_roles import PLACE
from tests.factories import rows

POSTS = {one.path for one in MANAGER_ROUTES if one.method == "POST"}
LINES = "SELECT act FROM audit_line ORDER BY id"
SHEET = "/shops/1"
OFFER = {"amount": "100,000", "start_by": "2026-12-07", "expires_at": "2027-01-22"}
POT = {**OFFER, "market": "1", "shop_cap": "50,000", "form_key": "pot"}
NEW_SHOP = {"channel": "1", "name": "은혜떡방", "trade": "떡집", "slug": "eunhye"}
LIST = "가게 주소,금액,시작 기한,만료일\n{slug},1000,2026-12-31,2027-02-28\n"
BILL = "taskId,건수,금액\ntask-1,8,132\n"


@dataclass(slots=True)
class Desk:
    """The program's manager, a second one who approves, and which buttons were pressed."""

    books: Books
    browsers: Browsers
    clock: Clock
    street: Street
    manager: Browser
    second: Browser
    pressed: set[str] = field(default_factory=set)

    async def press(
        self,
        path: str,
        fields: Mapping[str, str] | None = None,
        *acts: str,
        file: str = "",
        by: Browser | None = None,
    ) -> Page:
        """Presses a button; `acts` are the lines that it must leave."""
        before = await self.books.read(rows, LINES)
        files = {"sheet": file.encode()} if file else None
        page = await (by or self.manager).submit("/manager", f"/manager{path}", fields, files=files)
        after = await self.books.read(rows, LINES)
        assert page.status in (200, 303), (path, page.words[:400])
        assert [row[0] for row in after[len(before) :]] == list(acts), path
        self.pressed |= {one for one in POSTS if re.fullmatch(PLACE.sub("[^/]+", one), path)}
        return page

    async def pass_days(self, days: int) -> None:
        """Sessions are too old afterwards."""
        self.clock.pass_(days=days)
        self.manager = await self.browsers.open(self.street.manager)
        self.second = await self.browsers.open(
            await self.books.write(hire, self.street.program_id, Role.MANAGER)
        )

    async def newest(self, table: str) -> int:
        return int((await self.books.read(rows, f'SELECT max(id) FROM "{table}"'))[0][0])


@pytest_asyncio.fixture
async def desk(
    browsers: Browsers, console_books: Books, console_clock: Clock, street: Street
) -> Desk:
    second = await console_books.write(hire, street.program_id, Role.MANAGER)
    return Desk(
        console_books,
        browsers,
        console_clock,
        street,
        await browsers.open(street.manager),
        await browsers.open(second),
    )


async def set_up_the_program(desk: Desk) -> None:
    shown = {"yearly_sales": "300,000,000", "has_business_wallet": "1"}
    terms = {**TERMS, "sales_max": "1,000,000,000", "vat_rule": "with_vat", "after": "1"}
    await desk.press(f"{SHEET}/enrollment", shown, "enroll_shop")
    await desk.press("/cohorts", COHORT, "add_cohort")
    await desk.press("/terms/preview", terms)
    await desk.press("/terms", terms, "add_terms")
    await desk.press("/prices", PRICE, "add_price")
    await desk.press("/operating", {"amount": "50000", "form_key": "one"}, "fund_operating")
    await desk.press("/shops", NEW_SHOP, "open_shop", "enroll_shop")
    await desk.press(f"{SHEET}/invitations", {"name": "박새로"}, "invite_owner")
    await desk.press(f"{SHEET}/place", {"place": "37.5561, 126.9061"}, "place_shop")


async def choose_the_ways(desk: Desk) -> None:
    order = test_ways_page.typed(await desk.manager.get(test_ways_page.PAGE))
    del order["advertisement_1_on"]
    await desk.press("/ways/look", order)
    await desk.press("/ways", order, "set_ways")
    await desk.press("/templates", test_notice_templates.typed("1"), "note_template")


async def change_the_people(desk: Desk) -> None:
    invited = {"role": "manager", "name": "최담당"}
    await desk.press("/people/invitations", invited, "invite_manager")
    invitation_id = await desk.newest("invitation")
    await desk.press(f"/people/invitations/{invitation_id}/cancel", {}, "cancel_invitation")
    reader = await desk.books.write(hire, desk.street.program_id, Role.AUDITOR)
    await desk.press(f"/people/{reader}/remove", {}, "remove_staff")


async def give_money(desk: Desk) -> None:
    for key in ("first", "second"):
        await desk.press(f"{SHEET}/grants", {**OFFER, "form_key": key}, "offer_grant")
        await desk.books.write(
            start_grant,
            desk.street.shop_id,
            GrantId(await desk.newest("grant")),
            actor="owner:1",
            at=desk.clock.at,
        )
    await desk.press("/pots", POT, "open_pot")
    pot = await desk.newest("grant")
    await desk.press(f"/pots/{pot}/start", {}, "start_pot")
    await desk.press(f"/pots/{pot}/caps", {"shop": "1", "cap": "30,000"}, "set_cap")
    await desk.press("/grants/1/extend", {"expires_at": "2027-02-01"}, "extend_grant")
    moved = {"to": "2", "amount": "1,000", "form_key": "one", "agreed": "2:100000"}
    await desk.press("/grants/1/move", moved, "move_money")
    paid = {"amount": "10,000원", "reference": "20261123-1", "form_key": "key-1"}
    await desk.press(f"{SHEET}/wallet/top-up", paid, "top_up")
    await desk.press(f"{SHEET}/wallet/refund", {**paid, "amount": "1,000"}, "refund")
    await desk.press(f"{SHEET}/wallet/state", {"state": "suspended"}, "change_wallet")
    told = {"sent_on": "2026-11-20", "people": "10", "form_key": "key-1", "agreed": "16500"}
    await desk.press(f"{SHEET}/by-hand", told, "record_by_hand")
    await desk.press(f"{SHEET}/by-hand/1/correct", {}, "take_back_by_hand")


async def hold_the_sending(desk: Desk) -> None:
    """L21, K8, and a chunk of which nobody knows whether it left."""
    await desk.press("/halts", {"scope": "program", "reason": "살펴보는 중"}, "halt_sending")
    halt_id = await desk.newest("halt")
    await desk.press(f"/halts/{halt_id}/lift", {}, "lift_halt")
    until = (desk.clock.at + timedelta(days=3)).date().isoformat()
    await desk.press("/statutory/channels", {"channel": "1", "until": until}, "bar_channel")
    await desk.press("/statutory/channels", {"channel": "1", "act": "free"}, "bar_channel")
    await desk.books.write(add_regulars, desk.street.shop_id, 2)
    await desk.books.write(book_news, desk.street)
    await desk.books.write(plan_next, desk.clock.at)
    await desk.books.write(leave_in_doubt, desk.clock.at)
    chunk_id = await desk.newest("chunk")
    await desk.press(f"/doubts/{chunk_id}", {"as": "failed"}, "decide_unknown")


async def act_on_many(desk: Desk) -> None:
    sheet = LIST.format(slug=desk.street.slug)
    made = await desk.press("/bulk", {"form_key": "list"}, "propose", file=sheet)
    await desk.press(f"{act_of(made)}/approve", {}, "do_grants")
    longer = {"days": "90", "expires_at": "2027-02-20", "shown": "1,2,4"}
    await desk.press("/extend", longer, "extend_grant", "extend_grant")
    await desk.pass_days(40)
    made = await desk.press("/grants/1/claw-back", {"form_key": "single"}, "propose")
    await desk.press(f"{act_of(made)}/dismiss", {}, "dismiss")
    made = await desk.press("/claw-back", {"form_key": "a", "days": "30"}, "propose")
    await desk.press(f"{act_of(made)}/dismiss", {}, "dismiss")
    made = await desk.press("/claw-back", {"form_key": "b", "days": "30"}, "propose")
    await desk.press(f"{act_of(made)}/approve", {}, "do_claw_back", by=desk.second)
    await desk.press(f"{act_of(made)}/undo", {}, "undo_claw_back")


async def close_the_books(desk: Desk) -> None:
    await desk.press("/statements/2026-11/close", {}, "close_month")
    await desk.press("/statements/2026-12/shops/1/posts", {"posts": "4"}, "tell_posts")
    asked = {"sender": "kakao_event", "month": "2026-11", "vat": "with"}
    page = await desk.press("/bills", asked, file=BILL)
    kept = {**asked, "kept": page.value("kept")}
    await desk.press("/bills/differences.csv", kept)
    made = await desk.press("/closing", {"form_key": "end"}, "propose")
    await desk.press(f"{act_of(made)}/approve", {}, "do_close_program", by=desk.second)
    await desk.press("/leave", {})


def act_of(page: Page) -> str:
    return page.location.removeprefix("/manager")


async def test_every_button_of_the_desk_leaves_its_line(desk: Desk) -> None:
    """A new button has to be pressed here, too: with the lines that it leaves, or none because
    it changes nothing.
    """
    chapters = (
        set_up_the_program,
        choose_the_ways,
        change_the_people,
        give_money,
        hold_the_sending,
        act_on_many,
        close_the_books,
    )
    for chapter in chapters:
        await chapter(desk)

    assert desk.pressed == POSTS
    told = await desk.books.read(check_invariants)
    assert {name: wrong for name, wrong in told.items() if wrong} == {}
