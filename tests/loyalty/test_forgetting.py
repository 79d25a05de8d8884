"""What nobody needs any longer goes in time (L45, L47)."""

import pytest

from domain.keeping import CODE_KEPT, NOTICE_KEPT, REQUEST_KEPT, TRIES_KEPT, WEBHOOK_KEPT
from domain.notices import GOOD_FOR, NoticeKind
from domain.people import Friend
from loyalty.codes import issue_customer_code, note_wrong_try
from loyalty.friendship import ChannelEvent, note_channel_event
from loyalty.privacy import erase_customer
from loyalty.tills import add_till, read_token
from storage.books import Books
from storage.desk import Tx
from storage.queries.daily import FORGET_CODES, FORGET_NOTICES, FORGET_REQUESTS
from storage.queries.tills import insert_request_once
from storage.statements import Statement
from tests.conftest import START
from tests.factories import OWNER, change, make_caller, rows
from tests.loyalty.street import Shop, open_shop
from tests.loyalty.sweeping import DAY, SHORT_OF, TELLS_FROM, earn, open_quick_shop, plan, sweep_all


async def test_codes_tries_and_webhooks_are_forgotten_in_time(books: Books) -> None:
    """L45: whose code it was is needed for a day, a webhook's number for a month."""
    shop = await open_shop(books)
    code = await books.write(issue_customer_code, shop.channel_id, shop.customer_id, START)
    await books.write(note_wrong_try, f"code:{shop.customer_id}", START)
    event = ChannelEvent(
        resource_id="R-1",
        friend=Friend.ADDED,
        app_user_id=make_caller(1).app_user_id,
        happened_at=START,
        body="{}",
    )
    await books.write(note_channel_event, shop.channel_id, event, START)
    ends = {
        "counter_code": code.expires_at + CODE_KEPT,
        "tries": START + TRIES_KEPT,
        "inbound_event": START + WEBHOOK_KEPT,
    }

    for table, end in sorted(ends.items(), key=lambda one: one[1]):
        await sweep_all(books, end - SHORT_OF)
        assert await books.read(rows, f"SELECT count(*) FROM {table}") == [(1,)]
        await sweep_all(books, end)
        assert await books.read(rows, f"SELECT count(*) FROM {table}") == [(0,)]


async def test_news_is_forgotten_a_month_after_its_time(books: Books) -> None:
    """So long it keeps the same from being told twice."""
    shop = await open_quick_shop(books)
    await earn(shop)
    lost = TELLS_FROM + GOOD_FOR[NoticeKind.COUPON_LAPSING]
    await sweep_all(books, TELLS_FROM)
    await books.write(change, "UPDATE notice SET state = 'said'")
    sql = "SELECT count(*) FROM notice WHERE kind = 'coupon_lapsing'"

    await sweep_all(books, lost + NOTICE_KEPT - SHORT_OF)
    assert await books.read(rows, sql) == [(1,)]
    await sweep_all(books, lost + NOTICE_KEPT)

    assert await books.read(rows, sql) == [(0,)]


async def test_what_a_till_asked_is_forgotten_though_it_asks_no_more(books: Books) -> None:
    shop = await open_shop(books)
    await books.write(ask_once, shop)
    sql = "SELECT count(*) FROM till_request"

    await sweep_all(books, START + REQUEST_KEPT - SHORT_OF)
    assert await books.read(rows, sql) == [(1,)]
    await sweep_all(books, START + REQUEST_KEPT)

    assert await books.read(rows, sql) == [(0,)]


def ask_once(tx: Tx, shop: Shop) -> None:
    token = add_till(tx, shop.shop_id, "계산대", actor=OWNER, at=START)
    token_id = read_token(tx, token).token_id
    insert_request_once(tx, token_id, "key", "digest", shop.customer_id, START)


async def test_a_code_still_works_until_it_is_forgotten(books: Books) -> None:
    """A till that lost its network names it the day after."""
    shop = await open_shop(books)
    await books.write(issue_customer_code, shop.channel_id, shop.customer_id, START)
    await sweep_all(books, START + DAY)

    assert await books.read(rows, "SELECT customer_id FROM counter_code") == [(shop.customer_id,)]


async def test_kept_records_go_when_their_time_is_over(books: Books) -> None:
    """L45, L47"""
    shop = await open_shop(books)
    erased = await books.write(erase_customer, shop.customer_id, actor=OWNER, at=START)
    until = erased.kept[0].until

    await sweep_all(books, until - SHORT_OF)
    assert await books.read(rows, "SELECT count(*) FROM kept_record") == [(1,)]
    await sweep_all(books, until)

    assert await books.read(rows, "SELECT count(*) FROM kept_record") == [(0,)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("statement", [FORGET_CODES, FORGET_NOTICES, FORGET_REQUESTS])
async def test_what_is_forgotten_is_found_by_its_time(books: Books, statement: Statement) -> None:
    steps = await books.read(plan, statement)

    assert not any(step.startswith("SCAN") for step in steps)
