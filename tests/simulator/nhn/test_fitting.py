"""A finished text fits the template it was made from, whatever the values (B2, -3010)."""

import re

from hypothesis import given
from hypothesis import strategies as st

from simulator.nhn_alimtalk import fits

VARIABLE = re.compile(r"#\{[^}]+\}")
words = st.text(st.sampled_from("가나ab \n."), max_size=6)
pieces = st.lists(words | st.sampled_from(["#{가}", "#{나}", "#{다}"]), max_size=8)


@given(pieces, st.lists(words, min_size=8, max_size=8))
def test_what_is_filled_in_fits(parts: list[str], values: list[str]) -> None:
    template = "".join(parts)
    given_values = iter(values)

    assert fits(template, VARIABLE.sub(lambda _: next(given_values), template))


@given(pieces, words)
def test_it_is_what_a_pattern_of_anything_between_the_literals_says(
    parts: list[str], text: str
) -> None:
    template = "".join(parts)
    literals = (re.escape(one) for one in VARIABLE.split(template))

    expected = re.fullmatch(".*".join(literals), text, re.DOTALL) is not None
    assert fits(template, text) is expected


def test_many_variables_in_a_row_take_no_longer() -> None:
    template = "#{가}a" * 40 + "b"

    assert not fits(template, "a" * 1_300)
