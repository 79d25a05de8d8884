"""함께 일하는 사람, 카카오톡과 연결, and the way in from the chat."""

import re

from domain.people import ChannelId, CustomerId, Role
from storage.books import Books
from storage.desk import Tx
from storage.queries.customers import Caller, see_person
from storage.queries.places import get_shop
from storage.queries.staff import list_staff
from storage.queries.staff_chats import Seat, list_seats
from subsidy.pairing import pair_chat
from subsidy.signing_in import make_link
from tests.console.browser import Browser, Browsers
from tests.console.street import Clock, Street
from tests.console.test_roles import hire_clerk

DIGITS = re.compile(r'aria-label="연결 번호 (\d{8})"')
LINK = re.compile(r"/(join/[\w-]+)")
CANCEL = re.compile(r"/owner/staff/invitations/\d+/cancel")
STAFF = "/owner/staff"


def meet(tx: Tx, street: Street, clock: Clock) -> tuple[ChannelId, CustomerId]:
    channel_id = get_shop(tx, street.shop_id).channel_id
    caller = Caller("bot-user-owner", None, None, is_friend=True)
    return channel_id, see_person(tx, channel_id, caller, clock.at).customer_id


async def invited(owner: Browser, role: str, name: str) -> str:
    page = await owner.submit(STAFF, f"{STAFF}/invitations", {"name": name, "role": role})
    found = LINK.search(page.html)
    assert found, page.words
    return f"/{found[1]}"


async def test_an_invited_clerk_comes_in_and_lands_at_the_counter(
    owner: Browser, stranger: Browser
) -> None:
    path = await invited(owner, "clerk", "이알바")

    shown = await stranger.get(path)
    came = await stranger.post(path)

    assert "계산대예요" in shown.words
    assert came.location == "/owner/counter"
    assert (await stranger.get("/owner/counter")).status == 200
    assert (await stranger.get("/owner/send")).status == 403
    assert "이알바" in (await owner.get(STAFF)).words


async def test_an_open_invitation_is_listed_and_can_be_canceled(
    owner: Browser, stranger: Browser, browsers: Browsers, other_street: Street
) -> None:
    neighbor = await browsers.open(other_street.owner)
    path = await invited(owner, "clerk", "이알바")
    page = await owner.get(STAFF)
    cancel = CANCEL.search(page.html)
    assert cancel, page.words
    assert "아직 들어오지 않은 초대 1건" in page.words

    other = await neighbor.submit(STAFF, cancel[0])
    still = await owner.get(STAFF)
    await owner.submit(STAFF, cancel[0])
    after = await owner.get(STAFF)
    late = await stranger.post(path)

    assert other.location == STAFF
    assert "이알바" in still.words
    assert "초대를 취소했어요" in after.words
    assert "이알바" not in after.words
    assert late.status != 303


async def test_another_owner_may_do_everything(owner: Browser, stranger: Browser) -> None:
    path = await invited(owner, "owner", "동업자")

    came = await stranger.post(path)

    assert came.location == "/owner"
    assert (await stranger.get(STAFF)).status == 200


async def test_a_wrong_form_says_what_is_missing(owner: Browser) -> None:
    nameless = await owner.submit(STAFF, f"{STAFF}/invitations", {"name": "", "role": "clerk"})
    aimless = await owner.submit(STAFF, f"{STAFF}/invitations", {"name": "누구", "role": "king"})

    assert (nameless.status, aimless.status) == (422, 422)
    assert "이름을" in nameless.words
    assert "어떤 일을 할지" in aimless.words


async def test_the_code_of_the_page_pairs_a_chat_and_the_page_parts_it(
    owner: Browser, console_books: Books, street: Street, console_clock: Clock
) -> None:
    page = await owner.submit("/owner/chat", "/owner/chat")
    digits = DIGITS.search(page.html)
    assert digits
    channel_id, person = await console_books.write(meet, street, console_clock)
    paired = await console_books.write(pair_chat, channel_id, person, digits[1], console_clock.at)

    assert isinstance(paired, Seat)
    assert "연결되어 있어요" in (await owner.get("/owner/chat")).words
    assert "카카오톡과 연결되어 있어요" in (await owner.get(STAFF)).words
    parted = await owner.submit("/owner/chat", "/owner/chat/part")
    assert parted.status == 303
    assert "연결을 끊었어요" in (await owner.get("/owner/chat")).words
    assert await console_books.read(list_seats, person) == []


async def test_who_is_removed_is_out_on_the_next_page(
    owner: Browser, browsers: Browsers, console_books: Books, street: Street
) -> None:
    clerk_id = await console_books.write(hire_clerk, street)
    clerk = await browsers.open(clerk_id)
    assert (await clerk.get("/owner/counter")).status == 200

    path = f"{STAFF}/{clerk_id}/remove"
    removed = await owner.submit(STAFF, path)
    again = await owner.submit(STAFF, path)

    assert (removed.status, again.status) == (303, 303)
    assert (await clerk.get("/owner/counter")).status == 403
    assert "이알바" not in (await owner.get(STAFF)).words


async def test_the_last_owner_cannot_go(
    owner: Browser, console_books: Books, street: Street
) -> None:
    await owner.submit(STAFF, f"{STAFF}/{street.owner}/remove")

    assert "한 분뿐이라" in (await owner.get(STAFF)).words
    people = await console_books.read(list_staff, street.shop_id)
    assert [one.role for one in people] == [Role.OWNER]


async def test_nobody_touches_another_shops_people(
    owner: Browser, console_books: Books, other_street: Street
) -> None:
    for act in ("remove", "part"):
        await owner.submit(STAFF, f"{STAFF}/{other_street.owner}/{act}")

    assert len(await console_books.read(list_staff, other_street.shop_id)) == 1


async def test_a_link_from_the_chat_opens_once_by_its_button(
    stranger: Browser,
    browsers: Browsers,
    console_books: Books,
    street: Street,
    console_clock: Clock,
) -> None:
    token = await console_books.write(make_link, street.owner, console_clock.at)

    previews = [await stranger.get(f"/in/{token}") for _ in range(3)]
    came = await stranger.post(f"/in/{token}")
    thief = await (await browsers.open()).post(f"/in/{token}")

    assert [page.status for page in previews] == [200, 200, 200]
    assert "Set-Cookie" not in previews[0].headers
    assert came.location == "/owner"
    assert (await stranger.get("/owner")).status == 200
    assert thief.status == 409
    assert "‘관리’라고 말하면 새 링크를 드려요" in thief.words


async def test_who_is_in_already_may_press_the_old_link(
    stranger: Browser, console_books: Books, street: Street, console_clock: Clock
) -> None:
    token = await console_books.write(make_link, street.owner, console_clock.at)
    await stranger.post(f"/in/{token}")

    assert (await stranger.get(f"/in/{token}")).location == "/owner"


async def test_a_link_lapses_after_five_minutes(
    stranger: Browser, console_books: Books, street: Street, console_clock: Clock
) -> None:
    token = await console_books.write(make_link, street.owner, console_clock.at)
    console_clock.pass_(minutes=5)

    late, unknown = await stranger.get(f"/in/{token}"), await stranger.get("/in/nothing")

    assert (late.status, unknown.status) == (409, 404)
    assert "5분이 지났어요" in late.words
    assert "‘관리’" in unknown.words
