"""Tills of two shops, and a regular of the first."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest_asyncio

from console.api.document import document
from console.api.routes import OPERATIONS
from domain.people import CustomerId
from loyalty.tills import add_till
from storage.books import Books
from tests.console.api.till import OWNER, TillClient, set_card
from tests.console.browser import Browsers
from tests.console.street import MONDAY_TEN, Street, add_regular


@pytest_asyncio.fixture
async def till(
    browsers: Browsers, console_books: Books, street: Street
) -> AsyncIterator[TillClient]:
    await console_books.write(set_card, street.shop_id, MONDAY_TEN)
    token = await console_books.write(
        add_till, street.shop_id, "계산대 1", actor=OWNER, at=MONDAY_TEN
    )
    told: dict[str, Any] = orjson.loads(orjson.dumps(document(OPERATIONS)))
    yield TillClient((await browsers.open()).client, told, token)


@pytest_asyncio.fixture
async def other_till(till: TillClient, console_books: Books, other_street: Street) -> TillClient:
    """A till of another shop, on the same server."""
    await console_books.write(set_card, other_street.shop_id, MONDAY_TEN)
    token = await console_books.write(
        add_till, other_street.shop_id, "이웃 계산대", actor=OWNER, at=MONDAY_TEN
    )
    return till.other(token)


@pytest_asyncio.fixture
async def regular(console_books: Books, street: Street) -> CustomerId:
    return await console_books.write(add_regular, street.shop_id, "person-1", phone="010-1234-5678")
