"""The owner's own button: eight letters, and an address that people can read."""

import pytest

from domain.addresses import ADDRESS_MAX, read_button
from domain.campaigns import LinkButton
from domain.refusals import Invalid


@pytest.mark.parametrize(
    "url",
    [
        "https://booking.naver.com/booking/13/bizes/1?a=b#c",
        "https://naver.me/xAbCd",
        "https://kko.to/abc",
        "https://www.instagram.com/bbang/",
        "https://연남빵집.kr/메뉴",
        "https://a.co",
        "https://" + "a." * 3 + "kr/" + "가" * (ADDRESS_MAX - 17),
    ],
)
def test_a_plain_address_is_taken(url: str) -> None:
    assert read_button(" 예약하기 ", f" {url} ") == LinkButton("예약하기", url)


def test_no_button_is_no_button() -> None:
    assert read_button(" ", "") is None


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "열릴 주소를"),
        ("http://a.kr", "https://로 시작"),
        ("javascript:alert(1)", "https://로 시작"),
        ("HTTPS://a.kr", "https://로 시작"),
        ("https://a.kr/b c", "https://로 시작"),
        ("https://a.kr/\\evil", "https://로 시작"),
        ("https://", "알아볼 수 없어요"),
        ("https://localhost/a", "알아볼 수 없어요"),
        ("https://127.0.0.1/", "알아볼 수 없어요"),
        ("https://[::1]/", "알아볼 수 없어요"),
        ("https://a.kr:8443/", "알아볼 수 없어요"),
        ("https://a.kr:x/", "알아볼 수 없어요"),
        ("https://kakao.com@evil.kr/", "알아볼 수 없어요"),
        ("https://bit.ly/abc", "줄인 주소"),
        ("https://www.tinyurl.com/abc", "줄인 주소"),
        ("https://han.gl/abc", "줄인 주소"),
        ("https://m.bit.ly/abc", "줄인 주소"),
        ("https://a.kr/\u202ex", "https://로 시작"),
        ("https://a.kr/\u200b", "https://로 시작"),
        ("https://" + "가" * 63 + ".kr/", "알아볼 수 없어요"),
        ("https://a.kr/" + "a" * ADDRESS_MAX, "300자까지"),
    ],
)
def test_an_address_that_hides_something_is_refused(url: str, sentence: str) -> None:
    """K11, and what nobody could check before pressing."""
    with pytest.raises(Invalid) as refusal:
        read_button("예약하기", url)

    assert list(refusal.value.fields) == ["link"]
    assert sentence in refusal.value.fields["link"]


@pytest.mark.parametrize(
    ("label", "sentence"),
    [("", "적을 말을"), ("아홉글자나되는단추", "1자만 줄여")],
)
def test_a_label_has_one_to_eight_letters(label: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_button(label, "https://a.kr")

    assert list(refusal.value.fields) == ["label"]
    assert sentence in refusal.value.fields["label"]


def test_both_faults_are_said_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        read_button("", "ftp://a.kr")

    assert set(refusal.value.fields) == {"label", "link"}
