"""SOLAPI's own Python client, unchanged, believes that the simulator is api.solapi.com.

It waits for its answers, so it gets a thread of its own.
"""

from asyncio import to_thread
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from solapi import SolapiMessageService
from solapi.error.MessageNotReceiveError import MessageNotReceivedError
from solapi.model import Bms, GetGroupsRequest, KakaoOption, RequestMessage, SendRequestConfig
from solapi.model.message_type import MessageType
from solapi.model.request.messages.get_messages import GetMessagesRequest
from solapi.model.request.storage import FileTypeEnum
from solapi.model.webhook.single_report import SingleReportPayload

from .conftest import PF_ID, TEMPLATE_ID, Sim
from .official_host import open_official_host, point_name_here

SENDER = "02-1234-5678"  # registered as 0212345678: the client takes the hyphens out
FRIEND, STRANGER = "01000000001", "01000000009"
PNG = bytes.fromhex("89504e470d0a1a0a") + b"\0" * 32


@pytest_asyncio.fixture
async def solapi(
    sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SolapiMessageService]:
    point_name_here(monkeypatch, await open_official_host(sim, tmp_path))
    yield SolapiMessageService(sim.account.api_key, sim.account.api_secret)


def alimtalk(to: str) -> RequestMessage:
    options = KakaoOption(
        pf_id=PF_ID, template_id=TEMPLATE_ID, variables={"가게": "단골상회", "적립": 3}
    )
    return RequestMessage(to=to, from_=SENDER, type=MessageType.ATA, kakao_options=options)


def brand(to: str, bms: Bms) -> RequestMessage:
    options = KakaoOption(pf_id=PF_ID, bms=bms, disable_sms=True)
    return RequestMessage(to=to, type=MessageType.BMS_FREE, kakao_options=options)


def text(to: str, words: str) -> RequestMessage:
    return RequestMessage(to=to, from_=SENDER, text=words)


async def test_an_alimtalk_reaches_the_phone_with_its_variables_filled_in(
    sim: Sim, solapi: SolapiMessageService
) -> None:
    sim.account.templates[TEMPLATE_ID] = "#{가게}에서 알려 드려요. 적립 #{적립}점"
    answer = await to_thread(solapi.send, alimtalk(FRIEND))
    await sim.background.idle()
    assert answer.group_info.count.registered_success == 1
    assert not answer.failed_message_list
    (delivery,) = sim.world.handset.all_deliveries()
    assert delivery.shown_text == "단골상회에서 알려 드려요. 적립 3점"


async def test_many_are_sent_at_once_and_who_was_refused_is_named(
    sim: Sim, solapi: SolapiMessageService
) -> None:
    config = SendRequestConfig(show_message_list=True)
    messages = [text(FRIEND, "빵 나왔어요"), text(STRANGER, "빵 나왔어요"), text(FRIEND, "또요")]
    answer = await to_thread(solapi.send, messages, config)
    assert answer.message_list is not None
    assert [one.status_code for one in answer.message_list] == ["2000", "2000", "1026"]
    assert answer.failed_message_list is not None
    assert [one.status_code for one in answer.failed_message_list] == ["1026"]
    count = answer.group_info.count
    assert (count.total, count.registered_success, count.registered_failed) == (3, 2, 1)


async def test_a_message_that_nobody_may_get_is_an_error_of_the_client(
    sim: Sim, solapi: SolapiMessageService
) -> None:
    sim.account.opt_outs.add(FRIEND)
    with pytest.raises(MessageNotReceivedError) as refused:
        await to_thread(solapi.send, text(FRIEND, "(광고) 빵 나왔어요"))
    assert [one.status_code for one in refused.value.failed_messages] == ["1061"]


async def test_a_brand_message_with_a_picture_uploaded_before(
    sim: Sim, solapi: SolapiMessageService, tmp_path: Path
) -> None:
    picture = tmp_path / "bread.png"
    picture.write_bytes(PNG)
    file = await to_thread(solapi.upload_file, str(picture), FileTypeEnum.BMS)
    assert file.type == "BMS"
    bms = Bms(
        targeting="I", chat_bubble_type="IMAGE", content="오늘 식빵 반값", image_id=file.file_id
    )
    await to_thread(solapi.send, brand(FRIEND, bms))
    await sim.background.idle()
    (delivery,) = sim.world.handset.all_deliveries()
    assert "오늘 식빵 반값" in delivery.shown_text


async def test_groups_and_messages_are_listed_and_found_again(
    sim: Sim, solapi: SolapiMessageService
) -> None:
    first = await to_thread(solapi.send, text(FRIEND, "하나"))
    await to_thread(solapi.send, text(STRANGER, "둘"))
    await sim.background.idle()
    group_id = first.group_info.group_id
    assert len((await to_thread(solapi.get_groups)).group_list) == 2
    found = await to_thread(solapi.get_groups, GetGroupsRequest(group_id=group_id))
    assert list(found.group_list) == [group_id]
    group = await to_thread(solapi.get_group, group_id)
    assert (group.status, group.count.sent_success) == ("COMPLETE", 1)
    of_group = await to_thread(solapi.get_group_messages, group_id)
    by_number = await to_thread(solapi.get_messages, GetMessagesRequest(to=FRIEND))
    assert list(of_group.message_list) == list(by_number.message_list)
    (message,) = by_number.message_list.values()
    assert (message.to, message.text, message.status_code) == (FRIEND, "하나", "4000")


async def test_a_reservation_is_cancelled_and_nothing_leaves(
    sim: Sim, solapi: SolapiMessageService
) -> None:
    later = SendRequestConfig(scheduled_date=sim.clock() + timedelta(days=1))
    reserved = await to_thread(solapi.send, text(FRIEND, "내일 만나요"), later)
    assert reserved.group_info.status == "SCHEDULED"
    cancelled = await to_thread(solapi.cancel_scheduled_message, reserved.group_info.group_id)
    assert (cancelled.status, cancelled.scheduled_date) == ("PENDING", None)
    sim.clock.pass_(days=2)
    await sim.background.idle()
    assert not list(sim.world.handset.all_deliveries())


async def test_the_balance_goes_down_by_what_was_sent(
    sim: Sim, solapi: SolapiMessageService
) -> None:
    before = (await to_thread(solapi.get_balance)).balance
    await to_thread(solapi.send, text(FRIEND, "빵 나왔어요"))
    after = (await to_thread(solapi.get_balance)).balance
    assert before is not None
    assert after is not None
    assert before - after == sim.account.prices["SMS"]


async def test_its_models_read_our_reports(sim: Sim, solapi: SolapiMessageService) -> None:
    sim.settings.report_form = "nested"
    await to_thread(solapi.send, text(FRIEND, "빵 나왔어요"))
    await sim.background.idle()
    (_, body) = sim.server.webhooks[-1]
    (report,) = SingleReportPayload.model_validate(body).root
    assert (report.data.to, report.data.status_code) == (FRIEND, "4000")


async def test_a_wrong_secret_is_told_in_the_providers_words(
    sim: Sim, solapi: SolapiMessageService
) -> None:
    stranger = SolapiMessageService(sim.account.api_key, "not the secret")
    with pytest.raises(Exception, match="SignatureDoesNotMatch"):
        await to_thread(stranger.get_balance)
