"""Every way has a name on every page that names ways: none is shown as its key, none breaks a page."""

import pytest

from console.pages import pages
from domain.campaigns import PRODUCTS, MessageKind, Product, SenderName
from domain.money import Tariff

ADVERTISING = {Product.EVENT, Product.BRAND, Product.LMS}
INFORMING = {Product.EVENT, Product.ALIMTALK}
PAID = {
    f"{sender}:{kind}"
    for sender, product in PRODUCTS.items()
    for kind, products in (
        (MessageKind.ADVERTISEMENT, ADVERTISING),
        (MessageKind.INFORMATION, INFORMING),
    )
    if product in products
}


@pytest.mark.parametrize(
    ("template", "name", "expected"),
    [
        ("parts/trail.html", "sender_words", set(SenderName)),
        ("parts/audit.html", "tariff_words", set(Tariff)),
        ("parts/words.html", "pays_words", PAID),
    ],
)
def test_every_way_has_its_words(template: str, name: str, expected: set[str]) -> None:
    words: dict[str, str] = getattr(pages.get_template(template).module, name)

    assert set(words) == expected
    assert len(set(words.values())) == len(words)
