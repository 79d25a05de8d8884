"""The brand message as SOLAPI takes it (providers.md A3, D4)."""

import orjson
import pytest

from campaigns.senders import solapi_bodies
from campaigns.senders.solapi_bodies import encode_group, encode_message, parcels
from domain.bubbles import Action, Button, TextCard
from domain.refusals import Rejected

from .conftest import BATCH, PF_ID

PERSON = BATCH.people[0]._replace(address="01000000001")


def test_the_message_is_a_free_form_text_to_a_friend_that_ends_with_the_way_out() -> None:
    """L8: the refusal is the last button; trap 3: no SMS instead."""
    assert orjson.loads(encode_message(PERSON, BATCH, None)) == {
        "to": "01000000001",
        "type": "BMS_FREE",
        "text": "(광고) 빵집",
        "kakaoOptions": {
            "pfId": PF_ID,
            "disableSms": True,
            "bms": {
                "targeting": "I",
                "chatBubbleType": "TEXT",
                "adult": False,
                "buttons": [{"name": "무료 수신거부", "linkType": "BK"}],
            },
        },
        "customFields": {"run": "7", "chunk": "70", "message": "1"},
    }


def test_why_it_came_stands_before_the_way_out() -> None:
    """L8, L11: the refusal stays the last."""
    told = PERSON._replace(why_url="https://dangol.example/w/1-2-ab")
    buttons = orjson.loads(encode_message(told, BATCH, None))["kakaoOptions"]["bms"]["buttons"]

    assert [one["name"] for one in buttons] == ["왜 받았나요?", "무료 수신거부"]
    assert buttons[0]["linkType"] == "WL"
    assert buttons[0]["linkMobile"] == buttons[0]["linkPc"] == told.why_url


@pytest.mark.parametrize(
    ("button", "first"),
    [
        (
            Button(label="예약하기", action=Action.LINK, target="https://a.kr"),
            {
                "name": "예약하기",
                "linkType": "WL",
                "linkMobile": "https://a.kr",
                "linkPc": "https://a.kr",
            },
        ),
        (
            Button(label="내 쿠폰", action=Action.SAY, target="내 쿠폰"),
            {"name": "내 쿠폰", "linkType": "BK"},
        ),
    ],
)
def test_the_owners_button_stands_first(button: Button, first: dict[str, str]) -> None:
    told = PERSON._replace(why_url="https://dangol.example/w/1-2-ab", button=button)
    buttons = orjson.loads(encode_message(told, BATCH, None))["kakaoOptions"]["bms"]["buttons"]

    assert buttons[0] == first
    assert [one["name"] for one in buttons[1:]] == ["왜 받았나요?", "무료 수신거부"]


def test_a_sender_number_is_named_when_there_is_one() -> None:
    assert orjson.loads(encode_message(PERSON, BATCH, "0212345678"))["from"] == "0212345678"


def test_a_group_takes_each_number_once() -> None:
    expected = {"allowDuplicates": False, "customFields": {"batch": "c70"}}
    assert orjson.loads(encode_group(BATCH)) == expected


def test_a_bubble_without_room_for_the_marks_is_rejected() -> None:
    """I8."""
    card = PERSON._replace(bubble=TextCard(title="빵", description="식빵"))
    with pytest.raises(Rejected):
        encode_message(card, BATCH, None)


@pytest.mark.parametrize(
    ("bytes_max", "people_max", "sizes"),
    [(10**6, 10, [5]), (10**6, 2, [2, 2, 1]), (25, 10, [2, 2, 1]), (1, 10, [1] * 5)],
)
def test_parcels_stay_within_both_limits(
    monkeypatch: pytest.MonkeyPatch, bytes_max: int, people_max: int, sizes: list[int]
) -> None:
    monkeypatch.setattr(solapi_bodies, "PARCEL_BYTES_MAX", bytes_max)
    monkeypatch.setattr(solapi_bodies, "PARCEL_PEOPLE_MAX", people_max)

    bodies = [orjson.loads(one)["messages"] for one in parcels([b'{"to":"1"}'] * 5)]

    assert [len(one) for one in bodies] == sizes


def test_no_message_makes_no_parcel() -> None:
    assert list(parcels([])) == []
