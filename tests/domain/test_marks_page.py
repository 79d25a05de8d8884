"""docs/marks.md is what the table says; every way that advertises has a word there."""

from domain.campaigns import BUBBLES
from tests.domain.marks_page import PAGE, WAYS, page


def test_the_page_is_what_the_table_says() -> None:
    """`python -m tests.domain.marks_page` draws it anew."""
    assert PAGE.read_text() == page()


def test_every_way_that_advertises_is_on_it() -> None:
    assert set(WAYS) == {sender for sender, kinds in BUBBLES.items() if kinds}
