"""The owner's regulars: the list, one person's page, merging, deleting, the file."""

import io
import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from python_calamine import CalamineWorkbook

from domain.people import CustomerId
from loyalty.joining import join_shop
from loyalty.paper import regular_by_phone
from loyalty.regulars import name_regular
from loyalty.sales import Sale
from loyalty.visits import stamp_person
from storage.books import Books
from storage.desk import Tx
from storage.queries.offers import list_offers
from storage.queries.places import get_shop
from tests.console.browser import Browser, Browsers, Page, token_on
from tests.console.counting import hand_coupon, put_card
from tests.console.street import Clock, Street, add_regular
from tests.factories import make_shop, rows

LIST = "/owner/regulars"
OWNER = "owner:1"


def add_named(
    tx: Tx, street: Street, name: str, *, phone: str | None = None, visits: int = 0, gap: int = 5
) -> CustomerId:
    """A regular who came every `gap` days, and not in the last two more."""
    clock = Clock()
    who = add_regular(tx, street.shop_id, name, phone=phone)
    name_regular(tx, street.shop_id, who, name, actor=OWNER, at=clock.at)
    for number in range(visits, 0, -1):
        at = clock.at - timedelta(days=gap * number + 2)
        stamp_person(tx, street.shop_id, who, Sale(key=uuid4().hex, actor=OWNER), at)
    return who


@pytest.fixture
async def people(street: Street, console_books: Books) -> dict[str, CustomerId]:
    await console_books.write(put_card, street.shop_id, Clock().at, 10)
    return {
        "김철수": await console_books.write(
            add_named, street, "김철수", phone="010-1234-5678", visits=9, gap=3
        ),
        "이영희": await console_books.write(add_named, street, "이영희", visits=1),
        "박순자": await console_books.write(add_named, street, "박순자"),
    }


async def act(owner: Browser, page: Page, path: str, **fields: str) -> Page:
    return await owner.post(path, {"csrf": token_on(page), **fields})


async def test_the_list_says_how_each_one_comes(
    owner: Browser, people: dict[str, CustomerId]
) -> None:
    page = await owner.get(LIST)

    assert page.status == 200
    assert "모두 3" in page.words
    assert "뜸해진 손님 1" in page.words
    assert "왕단골 1" in page.words
    assert "9번 · 5일 전 · 도장 9/10" in page.words
    assert "확인된 방문 0%" in page.words
    assert "약 1개를 갚아야 해요; 이번 달 0개쯤" in page.words
    assert "목록은 사장님 것이에요" in page.words


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?show=quiet", {"김철수"}),
        ("?show=tier-2", {"김철수"}),
        ("?show=tier-0", {"이영희", "박순자"}),
        ("?show=coupons", {"이영희"}),
        ("?q=철수", {"김철수"}),
        ("?q=5678", {"김철수"}),
        ("?q=010-1234-5678", {"김철수"}),
        ("?q=9999", set()),
        ("?before=nonsense", {"김철수", "이영희", "박순자"}),
        ("?before=99999999999999999-1", {"김철수", "이영희", "박순자"}),
    ],
)
async def test_the_list_is_narrowed(
    owner: Browser,
    street: Street,
    people: dict[str, CustomerId],
    console_books: Books,
    *,
    query: str,
    names: set[str],
) -> None:
    at = Clock().at - timedelta(days=1)
    await console_books.write(hand_coupon, street.shop_id, people["이영희"], at)

    page = await owner.get(f"{LIST}{query}")

    assert {name for name in people if name in page.words} == names


async def test_a_long_list_goes_on(owner: Browser, street: Street, console_books: Books) -> None:
    for number in range(35):
        await console_books.write(add_named, street, f"손님{number:02}번")
    first = await owner.get(LIST)
    link = re.search(r'href="([^"]+)">더 보기', first.html)
    assert link

    second = await owner.get(unescape(link[1]))

    seen = [re.findall(r"손님\d\d번", page.words) for page in (first, second)]
    assert [len(names) for names in seen] == [30, 5]
    assert len({*seen[0], *seen[1]}) == 35
    assert "더 보기" not in second.words


async def test_a_persons_page_tells_their_rhythm_and_story(
    owner: Browser, people: dict[str, CustomerId]
) -> None:
    page = await owner.get(f"{LIST}/{people['김철수']}")

    for words in (
        "보통 3일마다 오세요; 5일째 안 오셨어요",
        "010-****-5678",
        "도장 9 / 10개",
        "말씀하신 방문",
        "단골 되심",
        "소식 받기 동의",
        "번호 남김",
    ):
        assert words in page.words
    assert "5678-" not in page.html
    assert "010-1234-5678" not in page.html
    assert page.html.count("/owner/counter/visits/") == 9


async def test_name_notes_stamps_and_coupons_by_hand(
    owner: Browser,
    street: Street,
    people: dict[str, CustomerId],
    console_books: Books,
    console_clock: Clock,
) -> None:
    who = people["박순자"]
    here = f"{LIST}/{who}"
    await console_books.write(hand_coupon, street.shop_id, people["이영희"], console_clock.at)
    (offer, *_) = await console_books.read(list_offers, street.shop_id)
    page = await owner.get(here)
    key = page.value("key")

    for _ in range(2):
        await act(owner, page, f"{here}/stamps", key=key, stamps="2개")
        await act(owner, page, f"{here}/coupons", key=key, offer=str(offer.offer_id))
    await act(owner, page, f"{here}/name", name="박순자 할머니")
    await act(owner, page, f"{here}/notes", note="단팥빵만 사세요")

    shown = await owner.get(here)
    for words in ("도장 2 / 10개", "10% 할인", "박순자 할머니", "단팥빵만 사세요", "도장 더 드림"):
        assert words in shown.words
    counts = "SELECT (SELECT count(*) FROM coupon WHERE customer_id = :who), (SELECT sum(stamps)"
    held = f"{counts} FROM tally WHERE customer_id = :who)"
    assert await console_books.read(rows, held, who=who) == [(1, 2)]
    note = shown.html.split("/notes/")[1].split("/")[0]
    await act(owner, page, f"{here}/notes/{note}/delete")
    assert "단팥빵만" not in (await owner.get(here)).words


@pytest.mark.parametrize(
    ("path", "fields", "field", "sentence"),
    [
        ("notes", {"note": "당뇨가 있으심"}, "note", "건강 이야기"),
        ("name", {"name": ""}, "name", "20자까지"),
        ("stamps", {"stamps": "열", "key": "k"}, "stamps", "1개에서 100개"),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field(
    owner: Browser,
    people: dict[str, CustomerId],
    path: str,
    fields: dict[str, str],
    field: str,
    sentence: str,
) -> None:
    here = f"{LIST}/{people['이영희']}"
    page = await act(owner, await owner.get(here), f"{here}/{path}", **fields)

    assert page.status == 422
    assert sentence in page.html.split(f'id="{field}-mistake"')[1].split("</p>")[0]


async def test_a_second_identity_is_suggested_and_merged(
    owner: Browser, street: Street, people: dict[str, CustomerId], console_books: Books
) -> None:
    at = Clock().at
    paper = await console_books.write(
        regular_by_phone, street.shop_id, "01099990001", actor=OWNER, at=at
    )
    sale = Sale(key="paper", actor=OWNER)
    await console_books.write(stamp_person, street.shop_id, paper, sale, at)
    chat = await console_books.write(add_named, street, "최민준", phone="010-9999-0001")
    page = await owner.get(LIST)
    assert "같은 번호를 남긴 두 분이 있어요" in page.words
    assert "같은 분인지 꼭 확인해 주세요" in page.words

    merged = await act(owner, page, f"{LIST}/merge", keep=str(paper), other=str(chat))

    assert merged.status == 303
    assert merged.location == f"{LIST}/{chat}"
    shown = await owner.get(f"{LIST}/{chat}")
    assert "두 손님을 한 분으로 합쳤어요" in shown.words
    assert "도장 1 / 10개" in shown.words
    assert (await owner.get(f"{LIST}/{paper}")).status == 404
    assert "같은 번호를" not in (await owner.get(LIST)).words


async def test_the_same_person_is_looked_for_by_hand(
    owner: Browser, street: Street, people: dict[str, CustomerId], console_books: Books
) -> None:
    at = Clock().at
    paper = await console_books.write(
        regular_by_phone, street.shop_id, "01099990002", actor=OWNER, at=at
    )
    here = f"{LIST}/{people['김철수']}"

    page = await owner.get(f"{here}/same?q=0002")
    chats = await owner.get(f"{here}/same?q=이영희")
    other = str(people["이영희"])
    two = await act(owner, page, f"{LIST}/merge", keep=str(people["김철수"]), other=other)

    assert f'name="other" value="{paper}"' in page.html
    assert "같은 분인지 꼭 확인해 주세요" in page.words
    assert 'name="other"' not in chats.html
    assert two.status == 409
    assert "두 분 다 카카오톡을 쓰고 계셔서" in two.words


async def test_deleting_asks_first_and_then_leaves_nothing(
    owner: Browser, people: dict[str, CustomerId], console_books: Books
) -> None:
    who = people["김철수"]
    asked = await owner.get(f"{LIST}/{who}/erase")
    assert "되살릴 수 없어요" in asked.words
    assert (await owner.get(f"{LIST}/{who}")).status == 200

    done = await act(owner, asked, f"{LIST}/{who}/erase")

    assert "모두 지웠어요" in done.words
    assert "광고 동의 기록" in done.words
    assert (await owner.get(f"{LIST}/{who}")).status == 404
    left = "SELECT count(*) FROM visit WHERE customer_id = :who"
    assert await console_books.read(rows, left, who=who) == [(0,)]


async def test_deleting_here_says_how_the_rest_goes(
    owner: Browser, street: Street, people: dict[str, CustomerId], console_books: Books
) -> None:
    who = people["김철수"]
    await console_books.write(join_next_door, street, who)

    done = await act(owner, await owner.get(f"{LIST}/{who}/erase"), f"{LIST}/{who}/erase")

    assert "채팅방에 남긴 것은 손님이 채팅방에서" in done.words
    assert "남긴 것은 하나도" not in done.words
    left = "SELECT phone IS NOT NULL FROM customer WHERE id = :who"
    assert await console_books.read(rows, left, who=who) == [(True,)]


def join_next_door(tx: Tx, street: Street, who: CustomerId) -> None:
    shop, at = get_shop(tx, street.shop_id), Clock().at
    neighbor = make_shop(tx, shop.market_id, shop.channel_id, name="옆집떡", slug="next-door")
    join_shop(tx, neighbor, who, pressed="네", at=at)


async def test_everything_is_downloaded_as_one_file(
    owner: Browser, people: dict[str, CustomerId], console_books: Books
) -> None:
    token = token_on(await owner.get(LIST))
    async with owner.client.post("/owner/export.xlsx", data={"csrf": token}) as response:
        body = await response.read()
        headers = response.headers

    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    assert "attachment" in headers["Content-Disposition"]
    assert headers["Cache-Control"] == "no-store"
    assert len(book.get_sheet_by_name("단골").to_python()) == 4
    assert (await owner.post("/owner/export.xlsx")).status == 403


async def test_another_shops_regular_is_nobody(
    browsers: Browsers, people: dict[str, CustomerId], other_street: Street
) -> None:
    neighbor = await browsers.open(other_street.owner)
    page = await neighbor.get(LIST)
    here = f"{LIST}/{people['김철수']}"

    for path in (here, f"{here}/same", f"{here}/erase"):
        assert (await neighbor.get(path)).status == 404
    for path, fields in (
        ("name", {"name": "새 이름"}),
        ("notes", {"note": "메모"}),
        ("stamps", {"stamps": "1", "key": "k"}),
        ("coupons", {"offer": "1", "key": "k"}),
        ("erase", {}),
    ):
        assert (await act(neighbor, page, f"{here}/{path}", **fields)).status == 404
    one, other = people["김철수"], people["이영희"]
    merged = await act(neighbor, page, f"{LIST}/merge", keep=str(one), other=str(other))
    assert merged.status == 404
