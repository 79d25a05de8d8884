"""Pictures of windows, small enough for the repository."""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

FOLDER = Path("docs/screens")
COLORS = 256
BYTES_MAX = 250_000
STILL_MS = 400


async def take(page: Page, name: str) -> None:
    """What stands in the window, with few colors so that the file stays small."""
    await page.evaluate("document.fonts.ready")
    await page.wait_for_timeout(STILL_MS)
    picture = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
    path = FOLDER / f"{name}.png"
    picture.quantize(COLORS, Image.Quantize.MEDIANCUT, kmeans=1).save(path, optimize=True)
    size = path.stat().st_size
    if size > BYTES_MAX:
        raise ValueError(f"{path} has {size} bytes, more than {BYTES_MAX}")
    sys.stdout.write(f"{path} {size // 1000} kB\n")
