"""What is wrong with an owner's words: said in one sentence, and mended where a machine can."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.checking import Finding, Frame, check_words, filled, mend, refuse_unsound
from domain.forbidden import FORBIDDEN
from domain.refusals import Invalid

FRAME = Frame(
    longest={"고객명": "가" * 12, "매장명": "연남빵집"}, letters_max=120, contact="02-123-4567"
)
SOUND = (
    "오늘 3시 식빵 나와요 ㅋㅋ",
    "#{고객명}님, 비 오는 날엔 단팥빵이죠!",
    "식빵 3,500원, 소금빵 2.5배 커졌어요.",
    "11월 23일 10:30부터 팥빵 나와요. 2026년에도 잘 부탁드려요!!",
    "○월요일 휴무 ○시루떡",
    "광고 아니에요, 고마워서요. 정말 고맙습니다^^",
    "미술 무료 체험, 기술 좋은 사장님",
    "감기 조심하세요. 따뜻한 대추차 있어요.",
    "담배 연기 없는 가게예요. 담배꽁초는 밖에 버려 주세요.",
    "시원한 생맥주 있어요. 퇴근길에 들러 주세요.",
    "연남점 시술 예약은 전화 주세요.",
    "전통주 택배로 보내 드려요.",
    "온누리상품권 받아요.",
    "술안주 택배 됩니다",
    "와인숙성 삼겹살 택배로 보내 드려요",
    "맥주 안주로 좋은 치킨, 배송도 돼요",
    "맥주와 잘 맞는 치킨, 배송도 돼요",
    "오늘 소주 안주 배송비 없어요",
    "온라인 주문은 쉬어요. 와인은 가게에서",
    "전통주 막걸리 택배로 보내 드려요",
    "계란말이 서비스로 드려요\n막걸리와 잘 어울려요",
    "커피 무료 와인잔 증정",
    "감기 이겨내시고 건강하세요",
    "독감 이겨내세요",
    "담배 가게 옆 골목으로 오세요",
    "점 빼고 다 바꿨어요",
    "엄마가 좋아하는 암소 고기, 예방접종처럼 챙겨요",
)


def rules(body: str) -> list[str]:
    return [one.rule for one in check_words(body, FRAME)]


def only(body: str) -> Finding:
    found = check_words(body, FRAME)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("body", SOUND)
def test_sound_words_are_left_alone(body: str) -> None:
    assert check_words(body, FRAME) == []


@pytest.mark.parametrize(
    ("body", "mended"),
    [
        ("(광고) 식빵 나와요", "식빵 나와요"),
        ("(광 고) 식빵 나와요", "식빵 나와요"),
        ("[광고] 식빵 나와요", "식빵 나와요"),
        ("(빵집광고)식빵", "식빵"),
        ("【광.고】 식빵", "식빵"),
        ("식빵 나와요 （광고）", "식빵 나와요"),
        ("<광-고>\n식빵", "식빵"),
    ],
)
def test_a_mark_typed_by_hand_is_taken_out(body: str, mended: str) -> None:
    """L6: exactly (광고), at the start, once; we write it."""
    finding = only(body)

    assert (finding.rule, finding.mended) == ("L6", mended)
    assert not finding.is_advice


@pytest.mark.parametrize(
    "body", ["식빵\n무료수신거부 080-123-4567", "식빵\n무료 거부 0801234567", "식빵 무료 수신 거부"]
)
def test_a_way_to_refuse_typed_by_hand_is_taken_out(body: str) -> None:
    """L8: that line is ours; half of it would name another number."""
    assert mend(body, "L8", FRAME) == ("식빵", "")


@pytest.mark.parametrize(
    ("body", "mended", "link"),
    [
        ("예약은 https://a.kr/b?c=1 에서", "예약은 에서", "https://a.kr/b?c=1"),
        ("naver.me/xAbc 보세요", "보세요", "https://naver.me/xAbc"),
        ("www.bbang.co.kr", "", "https://www.bbang.co.kr"),
        ("http://a.com.", "", "https://a.com"),
        ("HTTP://a.com/B", "", "https://a.com/B"),
        ("빵집.com 오세요", "오세요", "https://빵집.com"),
        ("예약은 연남빵집.kr에서", "예약은 에서", "https://연남빵집.kr"),
        ("예약은 naver.me/xAbc에서", "예약은 에서", "https://naver.me/xAbc"),
    ],
)
def test_an_address_moves_to_a_button(body: str, mended: str, link: str) -> None:
    """K11: no link in the text of an advertisement."""
    finding = only(body)

    assert (finding.rule, finding.mended, finding.link) == ("K11", mended, link)


@pytest.mark.parametrize("body", ["bit.ly/abc 보세요", "http://10.0.0.1/a 보세요"])
def test_an_address_that_no_button_takes_is_only_taken_out(body: str) -> None:
    finding = only(body)

    assert (finding.rule, finding.mended, finding.link) == ("K11", "보세요", "")
    assert "단추로 옮기면" not in finding.sentence


@pytest.mark.parametrize(
    "body", ["(광고) #{" + " " * 1_500 + "x", "(광고) " + "-" * 20_000, "(광고) " + "가" * 100_000]
)
def test_of_far_too_many_letters_only_that_is_said(body: str) -> None:
    """And at once: the page is answered by what answers every shop."""
    began = time.perf_counter()
    found = check_words(body, FRAME)

    assert time.perf_counter() - began < 0.1
    assert [(one.rule, one.mended) for one in found] == [("LENGTH", None)]
    assert found[0].sentence == f"120자까지예요. {len(body) - 120}자만 줄여서 다시 적어 주세요."


def test_an_open_placeholder_is_no_work() -> None:
    began = time.perf_counter()
    filled("#{" + " " * 1_500, FRAME)

    assert time.perf_counter() - began < 0.1


@pytest.mark.parametrize(
    ("body", "mended"),
    [
        ("#{이름}님", "#{고객명}님"),
        ("#{ 고객 이름 }님, #{가게명}", "#{고객명}님, #{매장명}"),
        ("#{날씨}", None),
        ("#{이름} #{날씨}", None),
        ("#{}", None),
    ],
)
def test_a_placeholder_that_is_called_otherwise_is_put_right(body: str, mended: str | None) -> None:
    finding = only(body)

    assert (finding.rule, finding.mended) == ("PLACEHOLDER", mended)
    assert "쓸 수 있는 것: #{고객명}, #{매장명}" in finding.sentence


@pytest.mark.parametrize("body", ["○○이 나왔어요", "오늘 ○시에 나와요"])
def test_a_blank_is_for_its_owner_to_fill(body: str) -> None:
    finding = only(body)

    assert (finding.rule, finding.mended) == ("BLANK", None)


def test_too_long_says_by_how_many_and_drops_the_last_sentences() -> None:
    body = f"{'가' * 60}. {'나' * 50}. {'다' * 20}."

    finding = only(body)

    assert finding.sentence == "120자까지예요. 15자만 줄여서 다시 적어 주세요."
    assert finding.mended == f"{'가' * 60}. {'나' * 50}."


def test_one_sentence_that_is_too_long_is_not_cut_in_the_middle() -> None:
    assert only("가" * 121).mended is None


def test_a_placeholder_counts_with_its_longest_value() -> None:
    assert rules("#{고객명}" + "가" * 108) == []
    assert rules("#{고객명}" + "가" * 109) == ["LENGTH"]


@pytest.mark.parametrize(
    "body",
    [
        "900101-1234567",
        "900101 2234567",
        "여권 M123A4567",
        "면허 11-22-333333-44",
        "카드 1234-5678-1234-5678",
    ],
)
def test_numbers_of_a_person_never_leave(body: str) -> None:
    """L58"""
    finding = check_words(body, FRAME)[0]

    assert finding.rule == "L58"
    assert finding.mended is not None
    assert check_words(finding.mended, FRAME) == []


def test_the_shops_own_number_need_not_stand_twice() -> None:
    """L7: it is advice, and nothing is refused for it."""
    finding = only("주문은 021234567로 주세요")

    assert finding.is_advice
    assert finding.mended == "주문은 로 주세요"
    refuse_unsound("주문은 02-123-4567", FRAME)


def test_another_number_is_asked_about() -> None:
    finding = only("주문은 010-9876-5432")

    assert "02-123-4567" in finding.sentence
    assert (finding.is_advice, finding.mended) == (True, None)


@pytest.mark.parametrize(
    ("body", "calmer"),
    [("오세요!!!!", "오세요!"), ("정말?!?!", "정말?"), ("★★★특별★★★", "★특별★")],
)
def test_shouting_is_calmed(body: str, calmer: str) -> None:
    finding = only(body)

    assert (finding.rule, finding.mended, finding.is_advice) == ("SHOUTING", calmer, True)


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\t", "\r", "\x7f", "\u200b", "\u202e", "\ufeff"])
def test_what_nobody_sees_is_taken_out(sign: str) -> None:
    assert mend(f"식{sign}빵", "UNSEEN", FRAME) == ("식빵", "")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("tobacco", "전자담배 액상 새로 들어왔어요"),
        ("tobacco", "담배 두 갑 사시면 라이터 드려요"),
        ("liquor_far", "수제 맥주 택배 보내 드려요"),
        ("liquor_far", "온라인으로 와인 사세요"),
        ("liquor_far", "막걸리를 전국 어디든 택배로"),
        ("liquor_gift", "오늘 오시면 소주 한 병 서비스!"),
        ("liquor_gift", "무료 맥주 드려요"),
        ("medicine", "다이어트약 있어요"),
        ("medicine", "위고비 상담"),
        ("medical_act", "보톡스 5만원"),
        ("medical_act", "점 빼 드려요"),
        ("cure", "당뇨에 좋은 여주즙"),
        ("cure", "도라지청이 비염을 낫게 해요"),
        ("cure", "생강차로 감기 이겨 내세요"),
        ("cure", "암 예방에는 마늘"),
        ("out_of_date", "소비기한 지난 우유 반값"),
        ("gambling", "홀덤 모임 열어요"),
        ("drugs", "대마 쿠키 나왔어요"),
        ("fake", "명품급 가방 들어왔어요"),
        ("gift_certificates", "온누리상품권 현금으로 바꿔 드려요"),
        ("sex", "출장 안마"),
    ],
)
def test_what_a_law_forbids_is_refused_with_what_to_do(name: str, body: str) -> None:
    """L16"""
    found = [one for one in check_words(body, FRAME) if one.rule == f"L16:{name}"]

    assert len(found) == 1
    with pytest.raises(Invalid) as refusal:
        refuse_unsound(body, FRAME)
    assert refusal.value.fields == {"body": found[0].sentence}


def test_every_kind_of_forbidden_goods_names_a_law_or_what_to_do() -> None:
    assert all("요" in one.sentence and len(one.sentence) <= 80 for one in FORBIDDEN)
    assert len({one.name for one in FORBIDDEN}) == len(FORBIDDEN)


def test_the_name_of_a_drug_on_food_is_advice_only() -> None:
    finding = only("마약김밥 두 줄")

    assert finding.is_advice
    refuse_unsound("마약김밥 두 줄", FRAME)


def test_the_gravest_is_said_first() -> None:
    assert rules("(광고) 전자담배 https://a.kr ○○!!!") == [
        "L16:tobacco",
        "L6",
        "K11",
        "BLANK",
        "SHOUTING",
    ]


def test_mending_what_is_not_wrong_changes_nothing() -> None:
    assert mend("식빵 나와요", "L6", FRAME) == ("식빵 나와요", "")
    assert mend("○○ 나와요", "BLANK", FRAME) == ("○○ 나와요", "")


PIECES = st.sampled_from(
    ["(광고)", "[광 고]", "https://a.kr/b", "무료수신거부 080-1", "#{이름}", "#{고객명}", "식빵 ",
     "오세요!!!", "\n", "\u200b", "900101-1234567", "★★★", " ", "가" * 40 + "."]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map("".join))
def test_mending_one_after_the_other_ends_in_sound_words(body: str) -> None:
    for _ in range(30):
        mendable = [one for one in check_words(body, FRAME) if one.mended is not None]
        if not mendable:
            break
        body, _link = mend(body, mendable[0].rule, FRAME)

    assert all(one.mended is None for one in check_words(body, FRAME))
    assert len(filled(body, FRAME)) <= 120 or rules(body) == ["LENGTH"]
