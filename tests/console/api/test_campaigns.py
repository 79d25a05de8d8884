"""News over the API: a right of its own, tried, booked once, steered; and never a neighbor's."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from dangol.pictures import draw_picture
from domain.parts import parts_of
from domain.people import CustomerId, TokenRight
from loyalty.tills import add_till
from storage.books import Books
from subsidy.shops import add_picture, card_picture
from tests.console.api.till import OWNER, TillClient
from tests.console.browser import Browser
from tests.console.street import MONDAY_TEN, Street, give_grant
from tests.factories import rows

NEWS = {"body": "오늘 식빵 20% 할인"}
COLORS = ((250, 236, 214), (255, 214, 150), (190, 112, 48))
COUNT = "SELECT count(*) FROM campaign"


@pytest_asyncio.fixture
async def sender(
    till: TillClient, console_books: Books, street: Street, regular: CustomerId
) -> AsyncIterator[TillClient]:
    await console_books.write(give_grant, street, is_started=True)
    token = await console_books.write(
        add_till,
        street.shop_id,
        "소식 프로그램",
        may=TokenRight.SENDING,
        actor=OWNER,
        at=MONDAY_TEN,
    )
    yield till.other(token)


async def test_trying_writes_nothing_and_says_who_and_how_much(
    sender: TillClient, console_books: Books
) -> None:
    tried = await sender.ask("POST", "/campaigns/try", NEWS)

    assert tried.status == 200
    assert (tried.body["people"], tried.body["can_leave"]) == (1, True)
    assert tried.body["cost_jeon"] == tried.body["free_jeon"] > 0
    assert await console_books.read(rows, COUNT) == [(0,)]


async def test_the_same_key_books_once_and_other_words_are_refused(
    sender: TillClient, console_books: Books
) -> None:
    first = await sender.ask("POST", "/campaigns", NEWS, key="k")
    again = await sender.ask("POST", "/campaigns", NEWS, key="k")
    other = await sender.ask("POST", "/campaigns", {"body": "다른 말이에요"}, key="k")

    assert (first.status, again.status, again.is_replayed) == (201, 200, True)
    assert first.body["id"] == again.body["id"]
    assert (other.status, other.code) == (422, "key_reused")
    assert await console_books.read(rows, COUNT) == [(1,)]
    acts = await console_books.read(
        rows, "SELECT actor FROM audit_line WHERE act = 'book_by_program'"
    )
    assert [actor.partition(":")[0] for (actor,) in acts] == ["till"]


async def test_it_is_steered_and_canceled(sender: TillClient) -> None:
    booked = await sender.ask(
        "POST", "/campaigns", {**NEWS, "due_at": "2026-11-23T15:00:00+09:00"}, key="k"
    )
    path = f"/campaigns/{booked.body['id']}"

    early = [await sender.ask("POST", f"{path}/{act}") for act in ("pause", "resume", "stop")]
    canceled = [await sender.ask("POST", f"{path}/cancel") for _ in range(2)]
    seen = await sender.ask("GET", path)

    assert [(one.status, one.code) for one in early] == [(409, "campaign_state")] * 3
    assert [one.body["state"] for one in canceled] == ["canceled", "canceled"]
    assert seen.body["state"] == "canceled"


async def test_segments_have_their_counts(sender: TillClient) -> None:
    told = await sender.ask("GET", "/segments")
    counts = {one["name"]: one["people"] for one in told.body["segments"]}

    assert (counts["everybody"], counts["new"], counts["has_coupon"]) == (1, 1, 0)


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"segment": "has_coupon"}, 409, "no_audience"),
        ({"segment": "nobody"}, 422, "invalid"),
        ({"segment": "new", "own_segment": 1}, 422, "invalid"),
        ({"own_segment": 99}, 404, "segment"),
        ({"offer_id": 99}, 404, "offer"),
        ({"body": "(광고) 오늘 세일"}, 422, "invalid"),
        ({"holdout_percent": 51}, 422, "invalid"),
    ],
)
async def test_what_cannot_be_sent_is_refused(
    sender: TillClient, console_books: Books, more: dict[str, object], status: int, code: str
) -> None:
    refused = await sender.ask("POST", "/campaigns", {**NEWS, **more}, key="k")

    assert (refused.status, refused.code) == (status, code)
    assert await console_books.read(rows, COUNT) == [(0,)]


async def test_a_till_may_not_spend_and_a_sender_may_not_stamp(
    till: TillClient, sender: TillClient, console_books: Books
) -> None:
    asked = (
        ("GET", "/segments", None),
        ("POST", "/campaigns/try", NEWS),
        ("POST", "/campaigns", NEWS),
        ("POST", "/campaigns/1/stop", None),
    )
    refused = [await till.ask(method, path, body, key="k") for method, path, body in asked]
    refused.append(await sender.stamp({"phone": "010-1234-5678"}))

    assert [(one.status, one.code) for one in refused] == [(403, "right")] * 5
    assert await console_books.read(rows, COUNT) == [(0,)]


async def test_a_neighbor_sees_and_steers_none_of_it(
    sender: TillClient, console_books: Books, other_street: Street
) -> None:
    booked = await sender.ask("POST", "/campaigns", NEWS, key="k")
    token = await console_books.write(
        add_till,
        other_street.shop_id,
        "이웃",
        may=TokenRight.SENDING,
        actor=OWNER,
        at=MONDAY_TEN,
    )
    neighbor, path = sender.other(token), f"/campaigns/{booked.body['id']}"

    told = [await neighbor.ask("GET", path)]
    told += [
        await neighbor.ask("POST", f"{path}/{act}") for act in ("pause", "resume", "stop", "cancel")
    ]

    assert [one.status for one in told] == [404] * 5
    assert (await sender.ask("GET", path)).body["state"] == "booked"


async def test_the_owner_makes_a_token_for_sending(owner: Browser, console_books: Books) -> None:
    form = {"name": "소식 프로그램", "may": "sending"}
    made = await owner.submit("/owner/tills", "/owner/tills", form)
    await owner.submit("/owner/tills", "/owner/tills", {"name": "계산대", "may": "everything"})

    assert "지원금으로 소식을 보낼 수 있어요" in made.words
    kept = await console_books.read(rows, "SELECT may FROM api_token ORDER BY id")
    assert kept == [("sending",), ("till",)]


async def test_a_shape_of_several_parts_is_tried_and_booked(
    sender: TillClient, console_books: Books, street: Street
) -> None:
    picture = await console_books.write(
        add_picture, street.shop_id, card_picture(draw_picture(COLORS, 1)), MONDAY_TEN
    )
    known = await sender.ask("GET", "/pictures")
    assert known.body == {"pictures": [picture]}
    parts = [{"title": title, "picture": picture} for title in ("무화과 식빵", "치아바타")]
    news = {"body": "오늘 구운 빵", "shape": "items", "parts": parts}

    tried = await sender.ask("POST", "/campaigns/try", news)
    booked = await sender.ask("POST", "/campaigns", news, key="k")

    assert (tried.status, tried.body["people"], booked.status) == (200, 1, 201)
    ((bubble, kept),) = await console_books.read(rows, "SELECT bubble, parts FROM campaign")
    assert bubble == "items"
    assert [part.title for part in parts_of(kept)] == ["무화과 식빵", "치아바타"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"parts": [{"title": "식빵"}, {"title": "빵"}]}, "#/parts/0/picture"),
        ({"parts": []}, "#/parts"),
        ({"shape": "goods", "parts": [{"title": "식빵"}]}, "#/parts/0/price_won"),
        ({"shape": "wide", "picture": "0" * 64}, "#/picture"),
        ({"shape": "fax"}, "#/shape"),
    ],
)
async def test_what_is_wrong_with_a_part_is_pointed_at(
    sender: TillClient,
    console_books: Books,
    street: Street,
    changes: dict[str, object],
    pointer: str,
) -> None:
    card = card_picture(draw_picture(COLORS, 1))
    await console_books.write(add_picture, street.shop_id, card, MONDAY_TEN)
    news = {"body": "오늘 구운 빵", "shape": "items", **changes}

    tried = await sender.ask("POST", "/campaigns/try", news)

    assert tried.status == 422
    assert pointer in [one["pointer"] for one in tried.body["errors"]]
