"""Cards in hand (C1, C5): late visits, lapses, changed rules."""

from datetime import timedelta

from domain.cards import ExpiryFrom
from storage.books import Books
from tests.conftest import START
from tests.loyalty.street import make_card, open_shop

DAY = timedelta(days=1)


async def test_a_late_visit_counts_on_the_card_of_its_day(books: Books) -> None:
    """C5: a card that lapsed meanwhile had not lapsed when the customer was there."""
    shop = await open_shop(books, needed=0)
    await shop.set_card(make_card(3, expiry_days=1, expiry_from=ExpiryFrom.FIRST))
    await shop.claim(START)
    sent_at = START + DAY * 3

    stamped = await shop.claim(sent_at, START + DAY)

    assert stamped.card
    assert stamped.card.stamps == 2


async def test_a_lapsed_card_begins_anew_without_its_starter(books: Books) -> None:
    shop = await open_shop(books, needed=0)
    await shop.set_card(make_card(5, starter=2, expiry_days=10))
    first = await shop.claim(START)
    kept = await shop.claim(START + DAY * 10)

    lapsed = await shop.claim(START + DAY * 21)

    counts = [one.card.stamps if one.card else None for one in (first, kept, lapsed)]
    assert counts == [3, 4, 1]


async def test_a_full_card_does_not_lapse(books: Books) -> None:
    shop = await open_shop(books, needed=0)
    await shop.set_card(make_card(2, expiry_days=5))
    await shop.claim(START)
    full = await shop.claim(START + DAY)

    later = await shop.claim(START + DAY * 100)

    assert full.card
    assert full.card.lapses_at is None
    assert later.card
    assert (later.card.number, later.card.stamps) == (2, 1)


async def test_changed_rules_take_nothing_away(books: Books) -> None:
    """C5: the card in hand keeps its promise, the next one has the new terms."""
    shop = await open_shop(books, needed=3)
    await shop.stamp(START)
    await shop.stamp(START + DAY)

    await shop.set_card(make_card(12))

    full = await shop.stamp(START + DAY * 2)
    after = await shop.stamp(START + DAY * 3)
    assert len(full.earned) == 1
    assert after.card
    assert (after.card.stamps, after.card.needed) == (1, 12)
