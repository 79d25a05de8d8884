"""What stands in a cell of a file that a spreadsheet opens."""

from domain.money import JEON_PER_WON

BOM = "\ufeff"
"""Without it Excel reads Hangul in another alphabet."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def words_in_cell(words: str) -> str:
    """A spreadsheet runs what begins like a formula."""
    return f"'{words}" if words.startswith(FORMULA_STARTS) else words


def won_in_cell(jeon: int | None) -> str:
    """`1650` -> `16.5`: a number that every program reads; an unknown amount is no 0."""
    if jeon is None:
        return ""
    sign = "-" if jeon < 0 else ""
    whole, rest = divmod(abs(jeon), JEON_PER_WON)
    return f"{sign}{whole}" + (f".{rest:02d}".rstrip("0") if rest else "")
