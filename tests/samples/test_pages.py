"""Every JSON sample of the reference pages lies here, and says what the page says."""

import orjson
import pytest

from tests.samples.pages import PAGES, SAMPLES, samples_of_page

NAMES = ("kakao-chatbot", "providers")


@pytest.mark.skipif(not PAGES.is_dir(), reason="the reference pages are not beside the tree")
def test_no_sample_is_missing_or_stale() -> None:
    on_pages = {
        name: made for page in NAMES for name, made in samples_of_page(PAGES / f"{page}.md")
    }
    here = {file.stem: orjson.loads(file.read_bytes()) for file in SAMPLES.glob("*.json")}
    assert here == on_pages


def test_every_sample_is_fed_to_something() -> None:
    """By its name, in one of the tests that feed them."""
    tests = "".join(
        file.read_text(encoding="utf-8") for file in SAMPLES.parent.glob("**/test_samples*.py")
    )
    assert [file.stem for file in SAMPLES.glob("*.json") if f'"{file.stem}"' not in tests] == []
