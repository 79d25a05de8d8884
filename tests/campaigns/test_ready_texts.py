"""A shop's own ready messages: kept once, used again as they were, and nobody else's."""

from dataclasses import replace

import pytest

from campaigns.ready_texts import NAME_MAX, keep_text, rename_text, retire_text, use_text
from domain.campaigns import LinkButton
from domain.people import ReadyTextId, ShopId
from domain.refusals import Conflict, Invalid, NotFound
from domain.segments import Condition, Segment, What
from storage.books import Books
from storage.queries.ready_texts import TEXTS_MAX, list_texts
from tests.conftest import Clock
from tests.factories import Street, make_draft, make_shop, make_street, rows

ACTOR = "owner:1"
DRAFT = replace(
    make_draft(),
    body="#{고객명}님, 식빵 나왔어요.",
    button=LinkButton("예약하기", "https://a.kr"),
    segment=Segment((Condition(What.GONE_QUIET),)),
    holdout_percent=10,
)


@pytest.fixture
async def street(books: Books) -> Street:
    return await books.write(make_street)


@pytest.fixture
async def shop_id(street: Street) -> ShopId:
    return street.shop_id


async def keep(
    books: Books, clock: Clock, shop_id: ShopId, name: str = "식빵 날", key: str = "k"
) -> ReadyTextId:
    return await books.write(
        keep_text, shop_id, DRAFT, name, form_key=key, actor=ACTOR, at=clock.now()
    )


async def names(books: Books, shop_id: ShopId) -> list[str]:
    return [one.name for one in await books.read(list_texts, shop_id)]


async def test_a_message_is_kept_without_whom_and_when(
    books: Books, clock: Clock, shop_id: ShopId
) -> None:
    text_id = await keep(books, clock, shop_id)

    used = await books.read(use_text, shop_id, text_id)

    assert (used.body, used.button, used.bubble) == (DRAFT.body, DRAFT.button, DRAFT.bubble)
    assert (used.segment, used.holdout_percent, used.due_at) == (Segment(), 0, None)


async def test_the_same_press_keeps_once_and_writes_one_line(
    books: Books, clock: Clock, shop_id: ShopId
) -> None:
    first = await keep(books, clock, shop_id)
    second = await keep(books, clock, shop_id, name="다른 이름")

    assert first == second
    assert await names(books, shop_id) == ["식빵 날"]
    acts = await books.read(rows, "SELECT act FROM audit_line WHERE act = 'keep_text'")
    assert len(acts) == 1


async def test_the_newest_stands_first(books: Books, clock: Clock, shop_id: ShopId) -> None:
    await keep(books, clock, shop_id, "가", "k1")
    await keep(books, clock, shop_id, "나", "k2")

    assert await names(books, shop_id) == ["나", "가"]


async def test_renaming_and_putting_away(books: Books, clock: Clock, shop_id: ShopId) -> None:
    text_id = await keep(books, clock, shop_id)

    await books.write(rename_text, shop_id, text_id, " 새 이름 ", actor=ACTOR, at=clock.now())
    assert await names(books, shop_id) == ["새 이름"]

    for _ in range(2):
        await books.write(retire_text, shop_id, text_id, actor=ACTOR, at=clock.now())
    assert await names(books, shop_id) == []
    with pytest.raises(NotFound):
        await books.read(use_text, shop_id, text_id)
    acts = await books.read(rows, "SELECT act FROM audit_line WHERE act = 'retire_text'")
    assert len(acts) == 1


async def test_another_shop_neither_sees_nor_touches_it(
    books: Books, clock: Clock, shop_id: ShopId, street: Street
) -> None:
    text_id = await keep(books, clock, shop_id)
    other = await books.write(make_shop, street.market_id, street.channel_id, slug="other")
    at = clock.now()

    assert await names(books, other) == []
    with pytest.raises(NotFound):
        await books.read(use_text, other, text_id)
    with pytest.raises(NotFound):
        await books.write(rename_text, other, text_id, "남의 것", actor=ACTOR, at=at)
    await books.write(retire_text, other, text_id, actor=ACTOR, at=at)
    assert await names(books, shop_id) == ["식빵 날"]


@pytest.mark.parametrize("name", ["", " ", "가" * (NAME_MAX + 1)])
async def test_a_name_is_needed_and_short(
    books: Books, clock: Clock, shop_id: ShopId, name: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await keep(books, clock, shop_id, name)

    assert list(refusal.value.fields) == ["name"]


@pytest.mark.parametrize("body", ["○○이 나왔어요", "전자담배 있어요", "#{이름}님", ""])
async def test_what_could_not_be_sent_is_not_kept(
    books: Books, clock: Clock, shop_id: ShopId, body: str
) -> None:
    draft = replace(DRAFT, body=body)

    with pytest.raises(Invalid) as refusal:
        await books.write(
            keep_text, shop_id, draft, "이름", form_key="k", actor=ACTOR, at=clock.now()
        )

    assert list(refusal.value.fields) == ["body"]


async def test_fifty_are_the_most(books: Books, clock: Clock, shop_id: ShopId) -> None:
    text_id = await keep(books, clock, shop_id)
    for number in range(TEXTS_MAX - 1):
        await keep(books, clock, shop_id, f"글 {number}", f"k{number}")

    with pytest.raises(Conflict, match="texts_full"):
        await keep(books, clock, shop_id, "하나 더", "more")

    await books.write(retire_text, shop_id, text_id, actor=ACTOR, at=clock.now())
    await keep(books, clock, shop_id, "하나 더", "more")


async def test_a_picture_that_is_gone_is_left_out(
    books: Books, clock: Clock, shop_id: ShopId
) -> None:
    draft = replace(DRAFT, picture_id="f" * 64)
    text_id = await books.write(
        keep_text, shop_id, draft, "사진", form_key="k", actor=ACTOR, at=clock.now()
    )

    assert (await books.read(use_text, shop_id, text_id)).picture_id is None
