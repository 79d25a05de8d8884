"""What a bubble of several parts shows beside the words: things with a line, cards, a price.

The words of the message are always its first part, under its own picture; these come after it.
Limits are the stricter of SOLAPI's and NHN's (providers.md D4), less what the marks of an
advertisement need (domain/compliance.py).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from domain.addresses import address_problem
from domain.campaigns import BubbleKind
from domain.checking import Frame, check_words
from domain.refusals import Invalid

TITLE, TEXT, PICTURE, LINK, PRICE, SALE = "title", "text", "picture", "link", "price", "sale"
LINK_MAX: Final = 100
"""SOLAPI's 2022 table refuses longer ones on buttons (providers.md A10)."""

PRICE_MAX: Final = 99_999_999
STORED_MAX: Final = 2_000
"""Letters of all parts as they are kept."""

READ_MAX: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part as its owner wrote it; prices in won with VAT, as on the shop's own tag."""

    title: str = ""
    text: str = ""
    picture_id: str | None = None
    link: str | None = None
    price_won: int | None = None
    sale_won: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLimits:
    """How many parts a kind of bubble has beside the first one, and what each may hold.

    A `text_max` of 0 is no room at all. `has_picture`: each needs one of its own.
    """

    least: int
    most: int
    title_max: int
    text_max: int = 0
    has_picture: bool = True
    has_link: bool = True
    has_price: bool = False


PART_LIMITS: Final[Mapping[BubbleKind, PartLimits]] = {
    # NHN has three or four rows in all, SOLAPI's SDK asks for one and three more at least: four.
    # The last one is the shop's contact.
    BubbleKind.ITEMS: PartLimits(least=2, most=2, title_max=30),
    # Two to six cards; three lines of 180 letters, of which the contact takes one.
    BubbleKind.SLIDES: PartLimits(least=1, most=5, title_max=20, text_max=100),
    # One thing; its picture is the message's own, and its title stands behind the shop's name.
    BubbleKind.GOODS: PartLimits(
        least=1, most=1, title_max=20, has_picture=False, has_link=False, has_price=True
    ),
}
"""A kind that is not here has no parts."""


def field_of(index: int, name: str) -> str:
    """The field of a part, the first being 0, as forms and refusals name it: `p0_title`."""
    return f"p{index}_{name}"


def letters_in(text: str) -> int:
    """As both providers' servers count: an emoji is two or more (UTF-16)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_parts(kind: BubbleKind, parts: Sequence[Part]) -> None:
    """Raises Invalid with a sentence beside each field that is wrong: `parts` for their number,
    else `field_of` the part.
    """
    limits = PART_LIMITS.get(kind)
    wrong = {"parts": sentence} if (sentence := _number_problem(limits, parts)) else {}
    if limits is not None and not wrong:
        for index, part in enumerate(parts):
            problems = _problems(part, limits)
            wrong |= {field_of(index, name): told for name, told in problems.items() if told}
        if not wrong and len(parts_text(parts)) > STORED_MAX:
            wrong["parts"] = "글과 주소를 모두 합쳐 너무 길어요. 조금씩 줄여 주세요."
    if wrong:
        raise Invalid(wrong)


def _number_problem(limits: PartLimits | None, parts: Sequence[Part]) -> str | None:
    if limits is None:
        return "이 모양에는 더 넣을 수 있는 칸이 없어요." if parts else None
    if limits.least <= len(parts) <= limits.most:
        return None
    if limits.least == limits.most:
        return f"이 모양에는 {limits.least}개를 적어 주세요. 지금은 {len(parts)}개예요."
    return f"{limits.least}개에서 {limits.most}개까지 넣을 수 있어요. 지금은 {len(parts)}개예요."


def _problems(part: Part, limits: PartLimits) -> Mapping[str, str | None]:
    return {
        TITLE: _words_problem(part.title, limits.title_max) or _need(part.title.strip()),
        TEXT: _words_problem(part.text, limits.text_max),
        PICTURE: _picture_problem(part, limits),
        LINK: _link_problem(part.link, limits),
        **_price_problems(part, limits),
    }


def _need(title: str) -> str | None:
    return None if title else "무엇인지 한 줄로 적어 주세요."


def _words_problem(words: str, most: int) -> str | None:
    if not words:
        return None
    if most == 0:
        return "이 모양에는 설명을 적을 자리가 없어요."
    if "\n" in words or not words.isprintable():
        return "줄을 바꾸지 말고 한 줄로 적어 주세요."
    if letters_in(words) > most:
        return f"{most}자까지예요. {letters_in(words) - most}자만 줄여 주세요."
    found = check_words(words, Frame(longest={}, letters_max=most))
    return next((one.sentence for one in found if not one.is_advice), None)


def _picture_problem(part: Part, limits: PartLimits) -> str | None:
    if limits.has_picture:
        return None if part.picture_id else "사진을 골라 주세요."
    return "이 모양의 사진은 한 장이에요." if part.picture_id else None


def _link_problem(link: str | None, limits: PartLimits) -> str | None:
    if not link:
        return None
    if not limits.has_link:
        return "이 모양에서는 단추에 주소를 넣어 주세요."
    if len(link) > LINK_MAX:
        return f"주소는 {LINK_MAX}자까지 넣을 수 있어요."
    return address_problem(link)


def _price_problems(part: Part, limits: PartLimits) -> Mapping[str, str | None]:
    price, sale = part.price_won, part.sale_won
    if not limits.has_price:
        is_priced = price is not None or sale is not None
        return {PRICE: "이 모양에는 값을 적는 칸이 없어요." if is_priced else None}
    if price is None or not 1 <= price <= PRICE_MAX:
        return {PRICE: f"값을 1원에서 {PRICE_MAX:,}원 사이로 적어 주세요."}
    if sale is not None and not 1 <= sale < price:
        return {SALE: "할인한 값은 원래 값보다 작게 적어 주세요."}
    return {}


def in_words(body: str, parts: Sequence[Part], *, letters: int, lines: int) -> str:
    """The words, and under them a line for each part with its price: for a way that has words
    alone. Names come before what is said of them; what has no room is left out.
    """
    told = [body]
    for line in (_line_of(one) for one in parts):
        if len(told) + body.count("\n") < lines and len("\n".join((*told, line))) <= letters:
            told.append(line)
    for place, part in enumerate(parts, start=1):
        if part.text and place < len(told) == len(parts) + 1:
            longer = [*told[:place], f"{told[place]}: {part.text}", *told[place + 1 :]]
            told = longer if len("\n".join(longer)) <= letters else told
    return "\n".join(told)


def _line_of(part: Part) -> str:
    if part.price_won is None:
        return part.title
    if part.sale_won is None:
        return f"{part.title} {part.price_won:,}원"
    return f"{part.title} {part.sale_won:,}원 (원래 {part.price_won:,}원)"


def parts_text(parts: Sequence[Part]) -> str:
    """JSON, empty for none: what `Campaign.parts` and kept drafts hold."""
    return json.dumps(as_plain(parts), ensure_ascii=False, separators=(",", ":")) if parts else ""


@lru_cache(READ_MAX)
def parts_of(text: str) -> tuple[Part, ...]:
    """What `parts_text` wrote."""
    return of_plain(json.loads(text)) if text else ()


def as_plain(parts: Sequence[Part]) -> list[list[str | int | None]]:
    return [
        [one.title, one.text, one.picture_id, one.link, one.price_won, one.sale_won]
        for one in parts
    ]


def of_plain(plain: Sequence[Sequence[object]]) -> tuple[Part, ...]:
    """What `as_plain` made. Raises TypeError or ValueError for anything else."""
    return tuple(_part(*one) for one in plain)


def _part(*facts: object) -> Part:
    title, text, picture_id, link, price_won, sale_won = facts
    if not isinstance(title, str) or not isinstance(text, str):
        raise TypeError("title and text are words")
    return Part(
        title=title,
        text=text,
        picture_id=_word(picture_id),
        link=_word(link),
        price_won=_number(price_won),
        sale_won=_number(sale_won),
    )


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
