"""The rows of a month on screen: from what was there to what is left, whatever came between."""

import re
from datetime import timedelta

from domain.money import won
from domain.people import GrantId
from domain.subsidy import AccountKind, Phase, TransferCode
from storage.books import Books
from storage.desk import Tx
from storage.queries.grants import find_grant
from storage.queries.ledger import get_program_account
from subsidy.ledger import Move, transfer
from subsidy.offering import Offer, offer_grant
from tests.console.browser import Browser
from tests.console.desk import fill_pot, market_of, open_second_market
from tests.console.street import MONDAY_TEN, Street, give_grant

NOVEMBER = "/manager/statements/2026-11"


def take_and_give(tx: Tx, street: Street) -> None:
    """500 won of the shop's first grant are called back, 1,000 won of a pot carved out for it."""
    open_second_market(tx, street)
    first = find_grant(tx, GrantId(1))
    assert first is not None
    move = Move(
        key="back",
        code=TransferCode.CLAW_BACK,
        phase=Phase.SINGLE,
        debit=first.account_id,
        credit=get_program_account(tx, street.program_id, AccountKind.PROGRAM),
        amount_jeon=won(500),
        shop_id=street.shop_id,
    )
    transfer(tx, [move], happened_at=MONDAY_TEN, recorded_at=MONDAY_TEN)
    part = Offer(
        amount_jeon=won(1_000),
        start_by=MONDAY_TEN + timedelta(days=14),
        expires_at=MONDAY_TEN + timedelta(days=60),
        pot_id=fill_pot(tx, street.program_id, market_of(tx, street).market_id),
    )
    who = street.program_id, street.shop_id
    offer_grant(tx, *who, part, form_key="part", actor="test", at=MONDAY_TEN)


async def test_each_row_adds_up_after_money_was_called_back_and_carved_out(
    manager: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(take_and_give, street)

    page = await manager.get(NOVEMBER)

    found = []
    for row in re.findall(r'<tr><th scope="row">.*?</tr>', page.html, re.DOTALL):
        amounts = [int(one.replace(",", "")) for one in re.findall(r">(-?[\d,]+)원<", row)]
        if len(amounts) > 5:
            opening, came, spent, lapsed, other, closing = amounts[:6]
            assert opening + came - spent - lapsed + other == closing
            found.append((came, other))
    assert (301_000, -500) in found
    assert (1_300_000, -500) in found
