"""Every bubble an owner can compose is taken by SOLAPI and shows its marks on the handset (I8)."""

from dataclasses import replace

import orjson
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from campaigns.compose import Copy, draw, own_button, shots_of, with_button
from campaigns.fitting import check_copy, check_shown
from campaigns.senders.port import PictureKeeper
from campaigns.senders.solapi_bodies import encode_message
from campaigns.senders.solapi_files import TYPES
from domain.bubbles import Bubble
from domain.campaigns import BRAND_BUBBLES, Batch, BubbleKind, CouponPart, MessageKind, SenderName
from domain.compliance import Sign, room_for
from domain.coupon_parts import DESCRIPTION, coupon_title
from domain.coupons import CouponKind, CouponTerms
from domain.marks import flaw_of
from domain.parts import PART_LIMITS, PRICE_MAX, Part
from domain.refusals import Invalid, Rejected
from domain.ways import PictureShape
from simulator.reading import shown_text
from simulator.solapi_brand import brand_code
from tests.domain.drawn import PARTS

from .conftest import BATCH, SENDER_NUMBER, Street
from .engine import carry
from .shown import Json, shown_bubble

SOLAPI = SenderName.SOLAPI
AD = MessageKind.ADVERTISEMENT
SIGN = Sign(name="연남빵집", contact="02-123-4567")
PUBLIC_URL = "https://dangol.example"
WHY = f"{PUBLIC_URL}/w/12-345678-{'a' * 32}"
CARD = b"\xff\xd8\xff a small picture"
ONE_SOLAPI = pytest.mark.parametrize("sender_name", [SOLAPI], indirect=True)


def copy(kind: BubbleKind, body: str = "오늘 3시에 나와요") -> Copy:
    return Copy(SOLAPI, kind, body, "1", PARTS.get(kind, ()))


def drawn(one: Copy, sign: Sign = SIGN, name: str | None = None) -> Bubble:
    return draw(one, sign, name=name, public_url=PUBLIC_URL, why_url=WHY)


def with_shots(batch: Batch, one: Copy) -> Batch:
    """As if all its pictures were kept under numbers."""
    shots = shots_of(one, PUBLIC_URL)
    kept = {(shot.url, shot.shape): f"f{number}" for number, shot in enumerate(shots)}
    return replace(batch, shots=shots, pictures=kept)


def message(bubble: Bubble, batch: Batch) -> Json:
    told = BATCH.people[0]._replace(address="01000000001", bubble=bubble, why_url=WHY)
    read: Json = orjson.loads(encode_message(told, batch, SENDER_NUMBER))
    return read


def code_of(sent: Json, batch: Batch) -> str:
    bms = sent["kakaoOptions"]["bms"]
    return brand_code(bms, sent.get("text", ""), set(batch.pictures.values()))


LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=40)
SIGNS = st.builds(
    Sign,
    name=st.text("가나다라마abc 12", min_size=1, max_size=20).filter(str.strip),
    contact=st.sampled_from(["02-123-4567", "0507-1234-5678", "1588-1234"]),
)
HEADS = st.sampled_from(["", "#{고객명}님 ", "가\n", "가\n나\n", "가\n나\n다\n"])


def words_near(most: int) -> st.SearchStrategy[str]:
    """Any words, and those that just fit or just do not."""
    near = st.integers(max(most - 1, 1), most + 1).map(lambda length: "가" * length)
    return st.one_of(near, near, LETTERS)


def parts_of_kind(kind: BubbleKind) -> st.SearchStrategy[list[Part]]:
    limits = PART_LIMITS.get(kind)
    if limits is None:
        return st.just([])
    made = st.builds(
        Part,
        title=words_near(limits.title_max) | words_near(5),
        text=words_near(limits.text_max) if limits.text_max else st.just(""),
        picture_id=st.sampled_from(["2", "3"]) if limits.has_picture else st.none(),
        link=st.sampled_from([None, "https://a.kr/1"]) if limits.has_link else st.none(),
        price_won=st.sampled_from([1, 7_000, 99_999_999]) if limits.has_price else st.none(),
        sale_won=st.sampled_from([None, 1, 5_500]) if limits.has_price else st.none(),
    )
    return st.lists(made, min_size=limits.least, max_size=limits.most)


@st.composite
def offered(choose: st.DrawFn) -> tuple[Copy, Sign]:
    kind, sign = choose(st.sampled_from(BRAND_BUBBLES)), choose(SIGNS)
    room = room_for(kind, sign)
    body = choose(HEADS) + choose(words_near(room.letters if room else 1))
    return Copy(SOLAPI, kind, body, "1", tuple(choose(parts_of_kind(kind)))), sign


@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much])
@given(given_one=offered(), name=LETTERS, has_link=st.booleans(), has_coupon=st.booleans())
def test_whatever_we_take_from_an_owner_solapi_takes_from_us(
    *, given_one: tuple[Copy, Sign], name: str, has_link: bool, has_coupon: bool
) -> None:
    """D4: the pretend SOLAPI has the limits of the SDK; the marks stand on what is shown (I8)."""
    one, sign = given_one
    try:
        check_copy(one, sign, ("1", "2", "3"))
        check_shown(None, drawn(one, sign), sign)
    except Invalid:
        assume(False)
    label, url = ("예약하기", "https://a.kr") if has_link else (None, None)
    button = own_button(label, url, has_coupon=has_coupon)
    bubble = with_button(one.bubble, drawn(one, sign, name or None), button)
    batch = replace(
        with_shots(BATCH, one),
        coupon=CouponPart("3000원 할인 쿠폰", DESCRIPTION, "https://a.kr") if has_coupon else None,
    )

    sent = message(bubble, batch)

    assert code_of(sent, batch) == ""
    assert flaw_of(AD, shown_bubble(sent), sign) in (None, "L12")


@pytest.mark.parametrize("kind", BRAND_BUBBLES)
def test_sound_words_have_no_flaw_on_the_handset(kind: BubbleKind) -> None:
    """I8, L6-L12."""
    one = copy(kind)
    batch = with_shots(BATCH, one)
    sent = message(drawn(one), batch)

    assert code_of(sent, batch) == ""
    assert flaw_of(AD, shown_bubble(sent), SIGN) is None


@pytest.mark.parametrize("kind", BRAND_BUBBLES)
def test_what_just_fits_is_taken(kind: BubbleKind) -> None:
    """D4: as many letters, lines and parts as we allow."""
    room = room_for(kind, SIGN)
    assert room is not None
    lines = ["나"] * (room.lines - 1)
    body = "\n".join([*lines, "가" * (room.letters - 2 * len(lines))])
    one = Copy(SOLAPI, kind, body, "1", fullest(kind))
    check_copy(one, SIGN, ("1", "2"))
    batch = with_shots(BATCH, one)

    assert code_of(message(drawn(one), batch), batch) == ""


def fullest(kind: BubbleKind) -> tuple[Part, ...]:
    limits = PART_LIMITS.get(kind)
    if limits is None:
        return ()
    part = Part(
        title="가" * limits.title_max,
        text="가" * limits.text_max,
        picture_id="2" if limits.has_picture else None,
        link="https://a.kr/" + "a" * 87 if limits.has_link else None,
        price_won=PRICE_MAX if limits.has_price else None,
    )
    return (part,) * limits.most


def test_a_thing_with_a_price_is_named_as_solapi_names_it() -> None:
    """A3: regularPrice, discountPrice and exactly one reduction."""
    one = copy(BubbleKind.GOODS)
    bms = message(drawn(one), with_shots(BATCH, one))["kakaoOptions"]["bms"]

    assert bms == {
        "targeting": "I",
        "adult": False,
        "chatBubbleType": "COMMERCE",
        "imageId": "f0",
        "commerce": {
            "title": "(광고) 연남빵집 밤식빵",
            "regularPrice": 7_000,
            "discountPrice": 5_500,
            "discountFixed": 1_500,
        },
        "additionalContent": "오늘 3시에 나와요 · 문의 02-123-4567",
        "buttons": [
            {"name": "왜 받았나요?", "linkType": "WL", "linkMobile": WHY, "linkPc": WHY},
            {
                "name": "무료 수신거부",
                "linkType": "WL",
                "linkMobile": f"{WHY}/stop",
                "linkPc": f"{WHY}/stop",
            },
        ],
    }


def test_a_million_off_is_told_in_percent() -> None:
    """NHN takes no larger sum, and KakaoTalk draws the same bubble for both."""
    thing = Part(title="밤식빵", price_won=4_000_000, sale_won=3_000_000)
    one = replace(copy(BubbleKind.GOODS), parts=(thing,))
    batch = with_shots(BATCH, one)
    sent = message(drawn(one), batch)

    commerce = sent["kakaoOptions"]["bms"]["commerce"]
    assert (commerce["discountPrice"], commerce["discountRate"]) == (3_000_000, 25)
    assert "discountFixed" not in commerce
    assert code_of(sent, batch) == ""


def test_rows_are_named_as_solapi_names_them() -> None:
    """A3; the last row is the contact, beside the first picture cut small. SOLAPI's Node client
    wants every row to lead somewhere: without a link of its own, to why it was sent.
    """
    one = copy(BubbleKind.ITEMS)
    bms = message(drawn(one), with_shots(BATCH, one))["kakaoOptions"]["bms"]
    link, why = "https://bread.example/2", {"linkMobile": WHY, "linkPc": WHY}

    assert bms["header"] == "(광고) 연남빵집"
    assert bms["mainWideItem"] == {"title": "오늘 3시에 나와요", "imageId": "f0", **why}
    assert bms["subWideItemList"] == [
        {"title": "소금빵 2,500원", "imageId": "f1", **why},
        {"title": "밤식빵 7,000원", "imageId": "f2", "linkMobile": link, "linkPc": link},
        {"title": "문의 02-123-4567", "imageId": "f3", **why},
    ]
    assert [one["linkType"] for one in bms["buttons"]] == ["WL", "BK"]


def test_a_coupon_stands_where_no_button_leads_to_it() -> None:
    """D4; one in a message, so the first card has it."""
    one = copy(BubbleKind.SLIDES)
    coupon = CouponPart("10% 할인 쿠폰", DESCRIPTION, "https://a.kr/s/bread")
    batch = replace(with_shots(BATCH, one), coupon=coupon)
    cards = message(drawn(one), batch)["kakaoOptions"]["bms"]["carousel"]["list"]

    assert cards[0]["coupon"] == {
        "title": "10% 할인 쿠폰",
        "description": DESCRIPTION,
        "linkMobile": "https://a.kr/s/bread",
        "linkPc": "https://a.kr/s/bread",
    }
    assert not any("coupon" in card for card in cards[1:])


def terms(kind: CouponKind, value: int = 1, **changed: object) -> CouponTerms:
    made = CouponTerms(kind=kind, title="선물", value=value)
    return replace(made, **changed)  # type: ignore[arg-type]  # fields of its own


@pytest.mark.parametrize(
    ("given_terms", "title"),
    [
        (terms(CouponKind.WON, 3_000), "3000원 할인 쿠폰"),
        (terms(CouponKind.PERCENT, 10), "10% 할인 쿠폰"),
        (terms(CouponKind.ITEM, item="소금빵"), "소금빵 무료 쿠폰"),
        (terms(CouponKind.ITEM, item="아메리카노 한잔"), None),
        (terms(CouponKind.ITEM, 2, item="소금빵"), None),
        (terms(CouponKind.BUNDLE, item="소금빵", buy=2), None),
        (terms(CouponKind.WON, 3_000, min_spend_won=10_000), None),
        (terms(CouponKind.PERCENT, 10, weekdays=frozenset({1})), None),
    ],
)
def test_a_coupon_has_one_of_five_titles_or_none(
    given_terms: CouponTerms, title: str | None
) -> None:
    """D4; a title that leaves a condition out would promise too much."""
    assert coupon_title(given_terms) == title
    assert len(DESCRIPTION) <= 12


def test_a_bubble_without_its_picture_goes_to_nobody() -> None:
    one = copy(BubbleKind.WIDE)

    with pytest.raises(Rejected, match="NO_PICTURE"):
        message(drawn(one), BATCH)


async def upload(street: Street, picture: bytes, shape: PictureShape) -> str:
    assert isinstance(street.sender, PictureKeeper)
    return await street.sender.upload(picture, shape)


@ONE_SOLAPI
class TestOverHttp:
    @pytest.mark.parametrize("kind", BRAND_BUBBLES)
    async def test_each_bubble_reaches_the_handset_with_its_marks(
        self, street: Street, kind: BubbleKind
    ) -> None:
        one = copy(kind)
        batch = await self._uploaded(street, one)

        told = await carry(street, batch)

        assert street.received() == {"p1": 1, "p2": 1}
        assert len(told.delivered) == 2
        for delivery in street.world.handset.all_deliveries():
            assert flaw_of(AD, shown_bubble(delivery.content.body), SIGN) is None
            assert "오늘 3시에 나와요" in shown_text(delivery.content)

    async def _uploaded(self, street: Street, one: Copy) -> Batch:
        batch, shots = street.batch(2), shots_of(one, PUBLIC_URL)
        kept = {
            (shot.url, shot.shape): await upload(street, CARD, PictureShape(shot.shape))
            for shot in shots
        }
        people = (person._replace(bubble=drawn(one), why_url=WHY) for person in batch.people)
        return replace(batch, people=tuple(people), shots=shots, pictures=kept)

    @pytest.mark.parametrize("shape", PictureShape)
    async def test_each_shape_is_kept_under_a_name_of_its_own(
        self, street: Street, shape: PictureShape
    ) -> None:
        """A9: and the same picture twice under two, which is harmless."""
        first, second = [await upload(street, CARD, shape) for _ in range(2)]

        assert first != second
        assert TYPES[shape].startswith("BMS")

    async def test_what_is_too_large_is_not_sent(self, street: Street) -> None:
        """A9: 500 KB."""
        with pytest.raises(Rejected, match="PICTURE_SIZE"):
            await upload(street, b"x" * (500 * 1024 + 1), PictureShape.WIDE)
