"""Every bubble an owner can compose is taken by NHN, each with a person's own links (B4, D4)."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from campaigns.compose import Copy, draw, shots_of
from campaigns.senders.nhn_brand import NhnBrandSender
from domain.campaigns import BRAND_BUBBLES, Batch, BubbleKind, CouponPart, SenderName
from domain.compliance import AD_MARK, Sign
from domain.ways import PictureShape
from tests.domain.drawn import PARTS

from .conftest import Street
from .engine import carry

pytestmark = pytest.mark.parametrize("sender_name", [SenderName.NHN], indirect=True)

SIGN = Sign(name="연남빵집", contact="02-123-4567")
PUBLIC_URL = "https://dangol.example"
COUPON = CouponPart("3000원 할인 쿠폰", "이번 주 사용", "https://dangol.example/c")
SIZES = {
    PictureShape.FIRST_ITEM: (1000, 500),
    PictureShape.ITEM: (500, 500),
}


def png(size: tuple[int, int]) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", size).save(held, "PNG")
    return held.getvalue()


async def composed(street: Street, kind: BubbleKind, people: int) -> Batch:
    """As the engine has it: pictures kept at NHN, everybody with their own words and links."""
    assert isinstance(street.sender, NhnBrandSender)
    one = Copy(SenderName.NHN, kind, "#{고객명}님, 나왔어요", "1", PARTS.get(kind, ()))
    shots = shots_of(one, PUBLIC_URL)
    pictures = {}
    for shot in shots:
        shape = PictureShape(shot.shape)
        picture = png(SIZES.get(shape, (800, 600)))
        pictures[shot.url, shot.shape] = await street.sender.upload(picture, shape)
    batch = street.batch(people)
    return replace(
        batch,
        shots=shots,
        pictures=pictures,
        people=tuple(
            person._replace(
                bubble=draw(one, SIGN, name=f"손님{n}", public_url=PUBLIC_URL, why_url=why),
                why_url=why,
            )
            for n, person in enumerate(batch.people)
            if (why := f"{PUBLIC_URL}/w/{n}-{'a' * 32}")
        ),
    )


@pytest.mark.parametrize("people", [1, 3])
@pytest.mark.parametrize("kind", BRAND_BUBBLES)
async def test_it_arrives_with_its_marks_and_everybody_s_own_words(
    street: Street, kind: BubbleKind, people: int
) -> None:
    """One person: free form. Several: a template of what differs."""
    batch = await composed(street, kind, people)

    told = await carry(street, batch)

    assert len(told.delivered) == people
    shown = {one.person_id: one.shown_text for one in street.world.handset.all_deliveries()}
    for n in range(people):
        text = shown[f"p{n + 1}"]
        assert AD_MARK in text
        assert SIGN.contact in text
        assert f"손님{n}님" in text
        assert "#{" not in text


@pytest.mark.parametrize("kind", BRAND_BUBBLES)
async def test_a_coupon_comes_along(street: Street, kind: BubbleKind) -> None:
    batch = replace(await composed(street, kind, 2), coupon=COUPON)

    told = await carry(street, batch)

    assert len(told.delivered) == 2
