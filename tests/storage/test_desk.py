"""smoke"""
from storage.books import Books
from tests.factories import make_street

async def test_smoke(books: Books) -> None:
    street = await books.write(make_street)
    assert len(street.customers) == 3
