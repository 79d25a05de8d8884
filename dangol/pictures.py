"""Pictures for the demo street: drawn, so that none has to be kept in the repository."""

import io
import random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (800, 400)
SHAPES = 9

Color = tuple[int, int, int]


def draw_picture(colors: tuple[Color, Color, Color], seed: int) -> bytes:
    """A calm still life of round shapes in a shop's colors: ground, light, accent. PNG bytes."""
    rng = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    ground, light, accent = colors
    picture = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 270, 800, 400), fill=_mixed(ground, accent, 0.25))
    for index in range(SHAPES):
        _draw_loaf(draw, rng, index, (light, accent))
    out = io.BytesIO()
    picture.filter(ImageFilter.SMOOTH_MORE).save(out, "PNG")
    return out.getvalue()


def _draw_loaf(
    draw: ImageDraw.ImageDraw, rng: random.Random, index: int, colors: tuple[Color, Color]
) -> None:
    light, accent = colors
    width, height = rng.randint(120, 190), rng.randint(80, 120)
    left = 20 + index * 80 + rng.randint(-12, 12)
    top = 300 - height + rng.randint(-10, 30)
    body = _mixed(light, accent, rng.uniform(0.15, 0.75))
    shadow = _mixed(body, (40, 25, 15), 0.35)
    draw.ellipse((left + 6, top + height - 26, left + width + 10, top + height + 14), fill=shadow)
    draw.rounded_rectangle((left, top, left + width, top + height), radius=height // 2, fill=body)
    shine = _mixed(body, (255, 255, 255), 0.45)
    draw.ellipse((left + 24, top + 12, left + width // 2, top + height // 3), fill=shine)


def _mixed(one: Color, other: Color, share: float) -> Color:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
