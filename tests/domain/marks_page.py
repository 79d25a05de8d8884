"""Draws docs/marks.md from the table: `python -m tests.domain.marks_page`."""

from pathlib import Path

from domain.campaigns import PRODUCTS, BubbleKind, Product, SenderName
from domain.markings import MARKINGS, Confidence, Marking, Place, Writer

PAGE = Path(__file__).resolve().parents[2] / "docs" / "marks.md"
INTRO = """\
# Who marks an advertisement, and where

Every advertisement starts with `(광고)` (L6), names the shop and its contact (L7) and ends with the free way to refuse (L8, L10, L11), as text (L9). This is the table of I8: for each way and bubble where each part stands and who writes it. A way and bubble without a row is not offered; where the shop's own name leaves no room for the mark, that bubble is refused with the reason (`room_for` in `domain/compliance.py`).

Drawn from `domain/markings.py` by `python -m tests.domain.marks_page`; `tests/domain/test_marks_page.py` fails when the two differ, and `tests/campaigns/senders/test_brand_bubbles.py` judges each row by what the pretend handset shows. Why it is so: [decision 0030](decisions/0030-brand-bubbles-and-their-marks.md).
"""
SURE = """
**How sure.** *documented*: all of it is ours, and the order is the platform's documented one. *inferred*: what KakaoTalk draws on a brand message besides is known of the former 친구톡 only, so we do not rely on it. *unsure*: as inferred, and whether the price is drawn above or under the title, which carries our mark, was found nowhere; KakaoTalk's own mark above the bubble would then be the first.

**A page instead of a tap.** The buttons of cards that are pushed along and of a thing with its price open pages only. There “무료 수신거부” opens a page with that one button, without log-in; one press refuses. Everywhere else the button says it to the bot.
"""
HEAD = "| Way | Bubble | (광고) | Name | Contact | Way to refuse | How sure |"
WAYS = {
    SenderName.KAKAO_EVENT: "KakaoTalk Event API",
    SenderName.SOLAPI: "SOLAPI brand message",
    SenderName.NHN: "NHN brand message",
    SenderName.SOLAPI_LMS: "SOLAPI text message",
}
KINDS = {
    BubbleKind.PICTURE: "picture and words",
    BubbleKind.LIST: "list (words alone)",
    BubbleKind.TEXT: "words alone",
    BubbleKind.WIDE: "wide picture and one line",
    BubbleKind.ITEMS: "several things",
    BubbleKind.SLIDES: "cards to push along",
    BubbleKind.GOODS: "one thing and its price",
}
CODES = {
    BubbleKind.TEXT: "TEXT",
    BubbleKind.PICTURE: "IMAGE",
    BubbleKind.WIDE: "WIDE",
    BubbleKind.ITEMS: "WIDE_ITEM_LIST",
    BubbleKind.SLIDES: "CAROUSEL_FEED",
    BubbleKind.GOODS: "COMMERCE",
}


def page() -> str:
    rows = [HEAD, "|" + "---|" * 7, *(_row(*key, told) for key, told in MARKINGS.items())]
    return "\n".join((INTRO, *rows)) + "\n" + SURE


def _row(sender: SenderName, kind: BubbleKind, told: Marking) -> str:
    is_brand = PRODUCTS[sender] is Product.BRAND
    shown = f"{KINDS[kind]} (`{CODES[kind]}`)" if is_brand else KINDS[kind]
    places = map(_place, (told.mark, told.name, told.contact, told.refusal))
    return f"| {' | '.join((WAYS[sender], shown, *places, Confidence(told.confidence)))} |"


def _place(place: Place) -> str:
    return place.where if place.writer is Writer.WE else f"{place.where}; the platform, too"


if __name__ == "__main__":
    PAGE.write_text(page())
