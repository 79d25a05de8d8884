"""Pictures as bubbles need them: cut round the middle, the same bytes where nothing is to cut."""

import io

import pytest
from PIL import Image

from domain.ways import PictureShape
from subsidy.shops import CARD_BYTES_MAX, card_picture, shaped_picture

RED, GREEN = (200, 30, 30), (30, 160, 30)


def photo() -> bytes:
    """Green in the middle, red to its left and right."""
    picture = Image.new("RGB", (1600, 800), RED)
    picture.paste(GREEN, (400, 0, 1200, 800))
    body = io.BytesIO()
    picture.save(body, "PNG")
    return body.getvalue()


@pytest.mark.parametrize("shape", PictureShape)
def test_a_picture_has_the_ratio_that_its_bubble_asks_for(shape: PictureShape) -> None:
    """providers.md B4: a small item is square, every other between 2:1 and square."""
    made = shaped_picture(card_picture(photo()), shape)

    width, height = Image.open(io.BytesIO(made)).size
    assert height / width == (1 if shape is PictureShape.ITEM else 0.5)
    assert width >= 500
    assert len(made) <= CARD_BYTES_MAX


def test_what_is_cut_away_lies_at_both_sides() -> None:
    square = Image.open(io.BytesIO(shaped_picture(card_picture(photo()), PictureShape.ITEM)))

    for left in (10, 590):
        pixel = square.getpixel((left, 300))
        assert isinstance(pixel, tuple)
        assert abs(pixel[1] - GREEN[1]) < 20


@pytest.mark.parametrize("shape", [PictureShape.PICTURE, PictureShape.ITEM])
def test_what_has_the_shape_already_is_not_touched(shape: PictureShape) -> None:
    made = card_picture(photo(), shape=shape)

    assert shaped_picture(made, shape) == made
