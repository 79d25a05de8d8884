"""News of several parts: composed without a script, wrong beside the very part, kept and booked."""

import io
from collections.abc import Mapping

import pytest
from PIL import Image

from campaigns.draft_text import draft_of as kept_draft_of
from campaigns.results import list_campaigns
from console.owner.shapes import SHAPES, offered_shapes
from domain.campaigns import BUBBLES, BubbleKind, SenderName
from domain.compliance import Sign
from domain.parts import field_of, parts_of
from storage.books import Books
from storage.queries.ready_texts import list_texts
from storage.queries.series import list_series
from subsidy.shops import add_picture, card_picture
from tests.console.browser import Browser, Browsers
from tests.console.street import MONDAY_TEN, Street, add_regular, give_grant
from tests.factories import rows

SEND, EDIT, PARTS, KEEP = "/owner/send", "/owner/send/edit", "/owner/send/parts", "/owner/send/keep"
BOOK = "/owner/campaigns"
NO_PICTURE = "사진을 골라 주세요"
PARTS_OF: Mapping[str, Mapping[str, str]] = {
    "picture": {},
    "list": {},
    "wide": {},
    "items": {"parts": "2", "p0_title": "무화과 식빵", "p1_title": "치아바타"},
    "slides": {"parts": "1", "p0_title": "무화과 식빵", "p0_text": "한 덩이 5,500원"},
    "goods": {"parts": "1", "p0_title": "식빵", "p0_price": "5,500원", "p0_sale": "4500"},
}


def photo(color: tuple[int, int, int]) -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (1200, 900), color).save(body, "JPEG")
    return body.getvalue()


@pytest.fixture
async def pictures(console_books: Books, street: Street) -> list[str]:
    """A shop with money, three regulars whose number it has, and two pictures."""
    await console_books.write(give_grant, street, is_started=True)
    for number in range(3):
        await console_books.write(
            add_regular, street.shop_id, f"p-{number}", phone=f"010-5550-100{number}"
        )
    return [
        await console_books.write(
            add_picture, street.shop_id, card_picture(photo(color)), MONDAY_TEN
        )
        for color in ((200, 30, 30), (30, 30, 200))
    ]


def form(shape: str, pictures: list[str], **changes: str) -> dict[str, str]:
    typed = {
        "body": "오늘 3시 식빵",
        "way": shape,
        "picture_id": pictures[0],
        "when": "now",
        "key": "abc",
        **PARTS_OF[shape],
    }
    if shape in ("items", "slides"):
        typed |= {field_of(index, "picture"): pictures[1] for index in range(int(typed["parts"]))}
    return {**typed, **changes}


async def booked(books: Books) -> list[tuple[str, str, str, str]]:
    found = await books.read(rows, "SELECT bubble, sender, parts, body FROM campaign")
    return [(str(a), str(b), str(c), str(d)) for a, b, c, d in found]


@pytest.mark.parametrize("shape", PARTS_OF)
async def test_every_shape_is_looked_at_and_booked_as_it_was_written(
    owner: Browser, console_books: Books, pictures: list[str], shape: str
) -> None:
    typed = form(shape, pictures)
    page = await owner.submit(SEND, SEND, typed)

    assert (page.status, "3명에게 보내기" in page.words) == (200, True)
    for words in ("(광고) 보람빵집", "오늘 3시 식빵", "무료 수신거부"):
        assert words in page.words
    for name, text in typed.items():
        if name.startswith("p") and name.endswith(("_title", "_text")):
            assert text in page.words
    pressed = await owner.submit(SEND, BOOK, typed)
    assert pressed.status == 303
    ((bubble, sender, parts, _),) = await booked(console_books)
    assert bubble == shape
    assert BubbleKind(bubble) in BUBBLES[SenderName(sender)]
    assert len(parts_of(parts)) == int(typed.get("parts", 0))


async def test_the_prices_of_a_thing_are_read_as_people_type_them(
    owner: Browser, console_books: Books, pictures: list[str]
) -> None:
    page = await owner.submit(SEND, SEND, form("goods", pictures))
    await owner.submit(SEND, BOOK, form("goods", pictures))

    assert "4,500원 5,500원" in page.words
    ((_, _, parts, _),) = await booked(console_books)
    (part,) = parts_of(parts)
    assert (part.title, part.price_won, part.sale_won) == ("식빵", 5_500, 4_500)


@pytest.mark.parametrize(
    ("shape", "changes", "field", "sentence"),
    [
        ("items", {"p1_title": ""}, "p1_title", "무엇인지 한 줄로"),
        ("items", {"p0_title": "가" * 31}, "p0_title", "1자만 줄여"),
        ("items", {"p1_picture": ""}, "p1_picture", NO_PICTURE),
        ("items", {"p1_picture": "0" * 64}, "p1_picture", "사진"),
        ("slides", {"p0_link": "http:/x"}, "p0_link", "주소"),
        ("slides", {"p0_title": "(광고) 식빵"}, "p0_title", "맨 앞에"),
        ("goods", {"p0_price": ""}, "p0_price", "값을 1원에서"),
        ("goods", {"p0_price": "싸게"}, "p0_price", "값을 1원에서"),
        ("goods", {"p0_sale": "9,000원"}, "p0_sale", "원래 값보다 작게"),
        ("goods", {"p0_sale": "반값"}, "p0_sale", "원래 값보다 작게"),
        ("wide", {"picture_id": ""}, "picture", "사진"),
        ("items", {"body": "가" * 26}, "body", "25자"),
    ],
)
async def test_what_is_wrong_stands_beside_its_part_and_nothing_typed_is_lost(
    owner: Browser,
    pictures: list[str],
    shape: str,
    changes: dict[str, str],
    field: str,
    sentence: str,
) -> None:
    typed = form(shape, pictures, **changes)

    page = await owner.submit(SEND, SEND, typed)

    assert page.status == 422
    beside = page.html.split(f'id="{field}-mistake"', 1)[1].split("</p>", 1)[0]
    assert sentence in beside
    for name, text in typed.items():
        if name.startswith("p") and text and not name.endswith("picture"):
            assert page.value(name) == text


async def test_all_parts_that_are_wrong_are_named_at_once_beside_the_words(
    owner: Browser, pictures: list[str]
) -> None:
    typed = form("items", pictures, body="#{이름}", p0_title="", p1_picture="", when="later")

    page = await owner.submit(SEND, SEND, typed)

    for field in ("body", "p0_title", "p1_picture", "due_at"):
        assert f'id="{field}-mistake"' in page.html


async def test_cards_are_added_moved_and_dropped_without_a_script(
    owner: Browser, pictures: list[str]
) -> None:
    typed = form("slides", pictures)
    page = await owner.submit(SEND, EDIT, {**typed, "part": "add"})
    assert (page.value("parts"), page.value("p1_title")) == ("2", "")

    two = {**typed, "parts": "2", "p1_title": "바게트"}
    moved = await owner.submit(SEND, EDIT, {**two, "part": "up1"})
    assert (moved.value("p0_title"), moved.value("p1_title")) == ("바게트", "무화과 식빵")
    assert moved.value("p1_text") == "한 덩이 5,500원"
    dropped = await owner.submit(SEND, EDIT, {**two, "part": "drop0"})
    assert (dropped.value("parts"), dropped.value("p0_title")) == ("1", "바게트")
    last = await owner.submit(SEND, EDIT, {**typed, "part": "drop0"})
    assert last.value("p0_title") == "무화과 식빵"


async def test_another_shape_keeps_what_it_has_no_field_for(
    owner: Browser, pictures: list[str]
) -> None:
    many = form("slides", pictures, parts="4", p3_title="바게트", p0_link="https://a.kr")

    goods = await owner.submit(SEND, EDIT, {**many, "way": "goods"})
    again = {name: goods.value(name) for name in ("parts", "p0_title", "p0_text", "p3_title")}

    assert again == {
        "parts": "4",
        "p0_title": "무화과 식빵",
        "p0_text": "한 덩이 5,500원",
        "p3_title": "바게트",
    }
    assert 'type="hidden" name="p0_link" value="https://a.kr"' in goods.html


async def test_a_photograph_for_a_small_thing_is_cut_square_and_chosen(
    owner: Browser, console_books: Books, pictures: list[str]
) -> None:
    typed = form("items", pictures)

    page = await owner.submit(SEND, PARTS, typed, files={"p1_photo": photo((30, 160, 30))})

    kept = dict(await console_books.read(rows, "SELECT id, body FROM picture"))
    ((newest, body),) = [(name, kept[name]) for name in kept if name not in pictures]
    assert (page.status, "<html" in page.html) == (200, False)
    assert Image.open(io.BytesIO(body)).size == (600, 600)
    assert f'name="p1_picture" value="{newest}" checked' in page.html
    assert f'name="p0_picture" value="{pictures[1]}" checked' in page.html


async def test_what_is_no_photograph_is_told_beside_its_part(
    owner: Browser, pictures: list[str]
) -> None:
    files = {"p0_photo": b"%PDF", "p1_photo": photo((30, 160, 30))}

    page = await owner.submit(SEND, SEND, form("items", pictures), files=files)

    assert page.status == 422
    assert "사진을 읽을 수 없어요" in page.html.split('id="p0_picture-mistake"')[1][:200]
    assert 'id="p1_picture-mistake"' not in page.html


async def test_another_shops_picture_is_in_no_part(
    owner: Browser, console_books: Books, pictures: list[str], other_street: Street
) -> None:
    theirs = await console_books.write(
        add_picture, other_street.shop_id, card_picture(photo((9, 9, 9))), MONDAY_TEN
    )

    page = await owner.submit(SEND, BOOK, form("items", pictures, p0_picture=theirs))

    assert (page.status, 'id="p0_picture-mistake"' in page.html) == (422, True)
    assert await booked(console_books) == []


async def test_a_kept_text_brings_its_parts_back(
    owner: Browser, console_books: Books, street: Street, pictures: list[str]
) -> None:
    await owner.submit(SEND, KEEP, {**form("goods", pictures), "name": "식빵 값"})
    (text,) = await console_books.read(list_texts, street.shop_id)

    page = await owner.get(f"/owner/send?text={text.text_id}")

    assert 'value="goods" checked' in page.html
    assert (page.value("p0_title"), page.value("p0_price")) == ("식빵", "5,500")
    assert (await owner.submit(SEND, SEND, form("goods", pictures))).status == 200


async def test_what_was_sent_is_written_again_with_its_parts(
    owner: Browser, browsers: Browsers, pictures: list[str], other_street: Street
) -> None:
    button = {"label": "예약하기", "link": "https://a.kr/b"}
    sent = await owner.submit(SEND, BOOK, form("items", pictures, **button))
    number = sent.location.rpartition("/")[2]

    page = await owner.get(f"/owner/send?again={number}")

    assert 'value="items" checked' in page.html
    assert "오늘 3시 식빵</textarea>" in page.html
    assert (page.value("p1_title"), page.value("link")) == ("치아바타", "https://a.kr/b")
    assert f'name="p0_picture" value="{pictures[1]}" checked' in page.html
    neighbor = await browsers.open(other_street.owner)
    assert (await neighbor.get(f"/owner/send?again={number}")).status == 404


async def test_what_repeats_itself_keeps_its_parts(
    owner: Browser, console_books: Books, street: Street, pictures: list[str]
) -> None:
    weekly = {"when": "repeat", "every": "week", "weekday": "3", "repeat_time": "15:00"}

    page = await owner.submit(SEND, BOOK, form("items", pictures, **weekly))

    assert page.location == "/owner/series"
    (series,) = await console_books.read(list_series, street.shop_id)
    draft = kept_draft_of(series.draft)
    assert [part.title for part in draft.parts] == ["무화과 식빵", "치아바타"]


async def test_other_parts_from_the_same_form_are_a_new_message(
    owner: Browser, console_books: Books, street: Street, pictures: list[str]
) -> None:
    typed = form("goods", pictures)
    first = await owner.submit(SEND, BOOK, typed)
    again = await owner.submit(SEND, BOOK, typed)
    other = await owner.submit(SEND, BOOK, {**typed, "p0_sale": "4000"})

    assert first.location == again.location != other.location
    assert len(await console_books.read(list_campaigns, street.shop_id)) == 2


async def test_what_would_leave_by_another_way_than_shown_is_shown_first(
    owner: Browser, console_books: Books, pictures: list[str]
) -> None:
    page = await owner.submit(SEND, SEND, form("list", pictures))
    shown = {"leaves_by": page.value("leaves_by")}
    assert shown == {"leaves_by": "kakao_event"}

    other = {**form("list", pictures), "leaves_by": "solapi"}
    refused = await owner.submit(SEND, BOOK, other)

    assert (refused.status, "보내는 길이 그사이에 바뀌어서" in refused.words) == (409, True)
    assert await booked(console_books) == []
    assert (await owner.submit(SEND, BOOK, {**other, **shown})).status == 303


async def test_the_way_the_owner_insists_on_carries_it_where_it_can(
    owner: Browser, console_books: Books, pictures: list[str]
) -> None:
    await owner.submit(SEND, BOOK, form("list", pictures, sender="solapi"))
    await owner.submit(SEND, BOOK, form("wide", pictures, sender="kakao_event"))

    assert [(one[0], one[1]) for one in await booked(console_books)] == [
        ("text", "solapi"),
        ("wide", "solapi"),
    ]


async def test_a_shape_that_no_way_carries_is_not_offered(
    owner: Browser, pictures: list[str]
) -> None:
    page = await owner.get(SEND)
    offered = offered_shapes({SenderName.KAKAO_EVENT}, Sign(name="보람빵집", contact="02-1-1"))

    assert list(offered) == [BubbleKind.PICTURE, BubbleKind.LIST]
    assert all(f'name="way" value="{shape}"' in page.html for shape in SHAPES)
    too_long = Sign(name="가" * 16, contact="02-123-4567")
    assert BubbleKind.ITEMS not in offered_shapes(set(SenderName), too_long)


async def test_whatever_is_pressed_or_typed_the_parts_are_drawn(
    owner: Browser, pictures: list[str]
) -> None:
    for press in ("drop9", "up", "add9", "<b>", "down-1"):
        odd = {**form("slides", pictures), "parts": "999", "part": press, "p4_title": "<i>"}
        page = await owner.submit(SEND, PARTS, odd)
        assert page.status == 200
        assert "<i>" not in page.html
    for path in (SEND, EDIT, "/owner/send/look", PARTS):
        bare = {"body": "식빵", "way": "goods", "parts": "x", "p0_price": "9" * 400, "key": "k"}
        page = await owner.submit(SEND, path, bare)
        assert page.status in (200, 422)
