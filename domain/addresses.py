"""The button of an owner's own: what may stand on it, and where it may lead (K11)."""

import re
from typing import Final
from urllib.parse import urlsplit

from domain.campaigns import LinkButton
from domain.refusals import Invalid

LABEL_MAX: Final = 8
"""K11; KakaoTalk's cards would take fourteen, brand messages do not."""

ADDRESS_MAX: Final = 300
HOST: Final = re.compile(
    r"(?:[a-z0-9가-힣](?:[a-z0-9가-힣-]{0,61}[a-z0-9가-힣])?\.)+[a-z가-힣]{2,24}"
)
SHORTENERS: Final = frozenset(
    [
        "bit.ly",
        "bitly.kr",
        "tinyurl.com",
        "goo.gl",
        "t.co",
        "is.gd",
        "ow.ly",
        "buff.ly",
        "rebrand.ly",
        "cutt.ly",
        "shorturl.at",
        "han.gl",
        "url.kr",
        "vo.la",
        "me2.do",
        "me2.kr",
        "buly.kr",
        "c11.kr",
        "lrl.kr",
        "t.ly",
        "rb.gy",
        "zrr.kr",
        "gg.gg",
    ]
)
"""They hide where they lead. `naver.me` and `kko.to` stay: only their own pages stand behind them,
and a shop's map is shared by them.
"""


def read_button(label: str, url: str) -> LinkButton | None:
    """None when neither is given. Raises Invalid(label, link) beside what is wrong."""
    label, url = label.strip(), url.strip()
    if not label and not url:
        return None
    sentences = {"label": _label_problem(label), "link": address_problem(url)}
    wrong = {field: sentence for field, sentence in sentences.items() if sentence}
    if wrong:
        raise Invalid(wrong)
    return LinkButton(label, url)


def _label_problem(label: str) -> str | None:
    if not label:
        return "단추에 적을 말을 넣어 주세요. 예: 예약하기"
    if len(label) > LABEL_MAX:
        return f"단추의 말은 {LABEL_MAX}자까지예요. {len(label) - LABEL_MAX}자만 줄여 주세요."
    return None


def address_problem(url: str) -> str | None:
    """Why no button may lead there, in a sentence; None when one may."""
    if not url:
        return "단추를 누르면 열릴 주소를 넣어 주세요."
    if len(url) > ADDRESS_MAX:
        return f"주소는 {ADDRESS_MAX}자까지 넣을 수 있어요."
    if not url.startswith("https://") or not _is_plain(url):
        return "https://로 시작하는 주소만 넣을 수 있어요. 주소창에서 그대로 복사해 주세요."
    host = _host(url)
    if host is None:
        return "주소를 알아볼 수 없어요. 주소창에서 그대로 복사해 주세요."
    if ".".join(host.split(".")[-2:]) in SHORTENERS:
        return "줄인 주소는 쓸 수 없어요. 열리는 페이지의 원래 주소를 넣어 주세요."
    return None


def _is_plain(url: str) -> bool:
    """Nothing unseen: also no sign that turns the direction of what is read."""
    return url.isprintable() and not re.search(r"[\s\\<>\"]", url)


def _host(url: str) -> str | None:
    """None for what people cannot read: a number, a name with a password, a port of its own."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").lower()
        host.encode("idna")  # how the name server will be asked
    except ValueError:
        return None
    is_plain = port is None and "@" not in parts.netloc
    return host if is_plain and HOST.fullmatch(host) else None
