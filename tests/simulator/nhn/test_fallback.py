"""Text messages where KakaoTalk did not reach (providers.md B2, B6, D1, D6)."""

import pytest

from simulator.wire import Json

from .cloud import (
    ALIMTALK,
    BRAND,
    FRIEND,
    REFUSE_NUMBER,
    SHOP_NUMBER,
    Cloud,
    by_text,
    let_fall_back,
    person,
)


@pytest.mark.parametrize(
    ("more", "status", "texts"),
    [
        ({}, "RSC04", ["연남빵집에서 알려 드려요. 적립 3,000점"]),
        ({"resendContent": "적립 3점"}, "RSC04", ["적립 3점"]),
        ({"resendType": "LMS", "resendTitle": "빵집"}, "RSC04", ["빵집", "연남빵집에서 알려"]),
        ({"resendType": "SMS", "resendContent": "가" * 60}, "RSC04", ["가" * 45]),
        ({"resendSendNo": "0299999999"}, "RSC05", []),
        ({"isResend": False}, "RSC01", []),
    ],
)
async def test_a_text_message_goes_where_kakaotalk_did_not(
    cloud: Cloud, more: Json, status: str, texts: list[str]
) -> None:
    let_fall_back(cloud)
    cloud.account.scripts[FRIEND] = "3018"

    sent = await cloud.alimtalk(person(resendParameter=by_text(**more)))

    (listed,) = await cloud.listed(ALIMTALK, f"requestId={sent['message']['requestId']}")
    assert (listed["resultCode"], listed["resendStatus"]) == ("3018", status)
    received = cloud.sim.world.handset.all_deliveries()
    assert [one.content.kind for one in received] == ["sms"] * bool(texts)
    shown = received[0].shown_text.splitlines() if received else []
    assert [line[: len(text)] for line, text in zip(shown, texts, strict=True)] == texts


async def test_the_text_instead_names_the_links_of_the_alimtalk(cloud: Cloud) -> None:
    """B2: where no text was given."""
    let_fall_back(cloud)
    button = {"ordering": 1, "type": "WL", "name": "보기", "linkMo": "https://a/1"}
    cloud.sender.templates["ORDER_READY"].body["buttons"] = [button, {"type": "MD", "name": "말"}]
    cloud.account.scripts[FRIEND] = "3018"

    await cloud.alimtalk(person(resendParameter=by_text()))
    await cloud.sim.background.idle()

    (delivery,) = cloud.sim.world.handset.all_deliveries()
    lines = delivery.shown_text.splitlines()
    assert lines == ["연남빵집에서 알려 드려요. 적립 3,000점", "보기 - https://a/1"]


async def test_a_console_may_have_set_the_fallback_for_all(cloud: Cloud) -> None:
    let_fall_back(cloud)
    cloud.sender.is_resend, cloud.sender.resend_send_no = True, SHOP_NUMBER
    cloud.account.scripts[FRIEND] = "3018"

    await cloud.alimtalk(person(), person(FRIEND, "7:2", resendParameter={"isResend": False}))
    await cloud.sim.background.idle()

    assert cloud.sim.world.handset.tag_values("message") == ["1001"]


@pytest.mark.parametrize(
    ("text", "refuse_no", "status"),
    [
        (None, REFUSE_NUMBER, "RSC04"),
        ("(광고) 빵집 반값\n[무료 수신거부]0801234567", REFUSE_NUMBER, "RSC04"),
        ("빵집 반값", REFUSE_NUMBER, "RSC05"),
        (None, "0809999999", "RSC05"),
    ],
)
async def test_an_advertisementby_text_keeps_the_form_of_one(
    cloud: Cloud, text: str | None, refuse_no: str, status: str
) -> None:
    """B6, D6: the mark first, the free way out last."""
    let_fall_back(cloud)
    cloud.account.scripts[FRIEND] = "3018"
    resend = by_text(resendContent=text, resendUnsubscribeNo=refuse_no)

    sent = await cloud.brand(person(resendParameter=resend))

    (listed,) = await cloud.listed(BRAND, f"requestId={sent['message']['requestId']}")
    assert listed["resendStatusCode"] == status
    for delivery in cloud.sim.world.handset.all_deliveries():
        assert delivery.shown_text.startswith("(광고)")
        assert delivery.shown_text.endswith(f"[무료 수신거부]{REFUSE_NUMBER}")
