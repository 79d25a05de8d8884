"""The parts of a message as their owner typed them: rows that can be added, moved and dropped."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

from console.forms import Form
from console.owner.reward import whole
from domain.parts import PART_LIMITS, Part, PartLimits, field_of

ROWS_MAX: Final = max(one.most for one in PART_LIMITS.values())
TYPED_MAX: Final = 600
"""Letters kept of one field: more than any rule allows, so that too many can be said."""

COUNT_FIELD: Final = "parts"
PRESS: Final = re.compile(r"(add|up|down|drop)(\d?)")
WON: Final = re.compile(r"(\d[\d,]{0,12})원?")
UNREADABLE: Final = 0
"""Stands for a price that is no number: every rule refuses it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWords:
    """One row as text; what a shape has no field for is kept for the shape that has."""

    title: str = ""
    text: str = ""
    picture: str = ""
    link: str = ""
    price: str = ""
    sale: str = ""


NAMES: Final = tuple(one.name for one in fields(PartWords))
Rows = tuple[PartWords, ...]


def read_rows(form: Form) -> Rows:
    count = min(whole(form.text(COUNT_FIELD)) or 0, ROWS_MAX)
    return tuple(_row(form, index) for index in range(count))


def _row(form: Form, index: int) -> PartWords:
    return PartWords(**{name: form.text(field_of(index, name))[:TYPED_MAX] for name in NAMES})


def kept_rows(rows: Rows) -> tuple[tuple[str, str], ...]:
    """What hidden fields carry on; nothing where nothing was typed."""
    if not any(getattr(row, name) for row in rows for name in NAMES):
        return ()
    typed = (
        (field_of(index, name), getattr(row, name))
        for index, row in enumerate(rows)
        for name in NAMES
    )
    return ((COUNT_FIELD, str(len(rows))), *((name, text) for name, text in typed if text))


def pressed_rows(rows: Rows, press: str, limits: PartLimits | None) -> Rows:
    """The rows after a button of theirs: `add`, or `up1`, `down1`, `drop1` for the second one.
    What no button of the page says changes nothing.
    """
    found = PRESS.fullmatch(press)
    if found is None or limits is None:
        return rows
    shown = list(shown_rows(rows, limits))
    hidden = rows[len(shown) :]
    act, at = found[1], int(found[2] or 0)
    match act:
        case "add" if len(shown) < limits.most:
            shown.append(PartWords())
        case "drop" if 0 <= at < len(shown) > limits.least:
            del shown[at]
        case "up" if 0 < at < len(shown):
            shown[at - 1], shown[at] = shown[at], shown[at - 1]
        case "down" if 0 <= at < len(shown) - 1:
            shown[at + 1], shown[at] = shown[at], shown[at + 1]
    return (*shown, *hidden)


def shown_rows(rows: Rows, limits: PartLimits) -> Rows:
    """As many as the shape has: empty ones up to its fewest, none beyond its most."""
    empty = (PartWords(),) * (limits.least - len(rows))
    return (*rows, *empty)[: limits.most]


def parts_of(rows: Rows, limits: PartLimits | None) -> tuple[Part, ...]:
    """What the shape shows of the rows; none for a shape without parts."""
    if limits is None:
        return ()
    return tuple(_part(row, limits) for row in shown_rows(rows, limits))


def _part(row: PartWords, limits: PartLimits) -> Part:
    return Part(
        title=row.title,
        text=row.text if limits.text_max else "",
        picture_id=(row.picture or None) if limits.has_picture else None,
        link=(row.link or None) if limits.has_link else None,
        price_won=_won(row.price) if limits.has_price else None,
        sale_won=_won(row.sale) if limits.has_price else None,
    )


def _won(text: str) -> int | None:
    """As people type it, `4,500원`; None where nothing was typed."""
    if not text:
        return None
    found = WON.fullmatch(text.replace(" ", ""))
    return int(found[1].replace(",", "")) if found else UNREADABLE


def rows_of(parts: Sequence[Part]) -> Rows:
    """Kept parts in a form again."""
    return tuple(
        PartWords(
            title=part.title,
            text=part.text,
            picture=part.picture_id or "",
            link=part.link or "",
            price=_typed(part.price_won),
            sale=_typed(part.sale_won),
        )
        for part in parts
    )


def _typed(won: int | None) -> str:
    return "" if won is None else f"{won:,}"


def with_picture(rows: Rows, index: int, picture_id: str) -> Rows:
    """The row under this picture; it is made where it was only shown."""
    missing = (PartWords(),) * (index + 1 - len(rows))
    changed = [*rows, *missing]
    changed[index] = replace(changed[index], picture=picture_id)
    return tuple(changed)
