"""Work that reads a customer's four digits: whoever guesses them is counted, for each shop."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from domain.people import ShopId
from domain.refusals import Refusal
from loyalty.codes import count_wrong_code
from storage.books import Books
from storage.desk import Tx

Answer = TypeVar("Answer")


async def write_counted(
    books: Books, shop_id: ShopId, at: datetime, work: Callable[[Tx], Answer]
) -> Answer:
    """Raises as `work` does; the count of a wrong code has been committed by then."""
    answer = await books.write(count_wrong_code, shop_id, at, work)
    if isinstance(answer, Refusal):
        raise answer
    return answer
