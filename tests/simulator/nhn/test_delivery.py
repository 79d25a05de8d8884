"""What becomes of a message at NHN, and who is told (providers.md B6 to B8, D4 to D6)."""

import pytest

from simulator.faults import Fault
from simulator.nhn_account import Verdict
from simulator.wire import Json

from .cloud import (
    ALIMTALK,
    APPKEY,
    BRAND,
    FRIEND,
    REFUSE_NUMBER,
    SIGNATURE,
    STRANGER,
    Cloud,
    by_text,
    let_fall_back,
    person,
    until,
)


async def test_an_alimtalk_needs_kakaotalk_and_no_block(cloud: Cloud) -> None:
    blocker, nobody = "01000000008", "01000000009"
    cloud.sim.world.add_person(name="손님", phone=STRANGER)
    person_id = cloud.sim.world.add_person(name="손님", phone=blocker).person_id
    cloud.sim.world.block(person_id, cloud.sender.bot_id)
    people = [person(number) for number in (FRIEND, STRANGER, blocker, nobody)]

    codes = await cloud.codes(ALIMTALK, await cloud.alimtalk(*people))

    assert codes == {FRIEND: "1000", STRANGER: "1000", blocker: "3020", nobody: "3019"}


async def test_who_blocked_the_channel_gets_no_brand_message(cloud: Cloud) -> None:
    cloud.sim.world.block(*cloud.sim.here)

    sent = await cloud.brand()
    by_default = await cloud.codes(BRAND, sent)
    cloud.sim.settings.nhn_not_friend = "2003"
    by_switch = await cloud.codes(BRAND, await cloud.brand())

    assert (by_default, by_switch) == ({FRIEND: "3018"}, {FRIEND: "2003"})
    assert len(cloud.sim.world.handset) == 0


@pytest.mark.parametrize(("hours", "code"), [(10.8, "1000"), (10.84, "3022"), (22, "1000")])
async def test_brand_messages_keep_the_hours(cloud: Cloud, hours: float, code: str) -> None:
    """D5: 08:00 to 20:50 KST; the clock starts at 10:00. An AlimTalk knows no hours."""
    cloud.sim.clock.pass_(hours=hours)

    assert await cloud.codes(BRAND, await cloud.brand()) == {FRIEND: code}
    assert await cloud.codes(ALIMTALK, await cloud.alimtalk()) == {FRIEND: "1000"}


async def test_a_cap_of_brand_messages_counts_by_day(cloud: Cloud) -> None:
    """4138; its number is not printed, so the switch is 0 unless set."""
    cloud.sim.settings.nhn_brand_day_max = 1

    codes = [await cloud.codes(BRAND, await cloud.brand()) for _ in range(2)]
    cloud.sim.clock.pass_(days=1)
    codes.append(await cloud.codes(BRAND, await cloud.brand()))

    assert [one[FRIEND] for one in codes] == ["1000", "4138", "1000"]
    assert len(cloud.sim.world.handset) == 2


@pytest.mark.parametrize("status", ["COMPLETED", "FAILED"])
async def test_what_is_not_confirmed_stays_open_and_may_still_arrive(
    cloud: Cloud, status: str
) -> None:
    """3005: never sent again, never by text; it can arrive within three days."""
    cloud.sim.settings.change({"nhn_unconfirmed_status": status})
    cloud.account.scripts[FRIEND] = "3005>1000"
    let_fall_back(cloud)
    sent = await cloud.alimtalk(person(resendParameter=by_text()))
    query = f"requestId={sent['message']['requestId']}"

    (at_first,) = await cloud.listed(ALIMTALK, query)
    before = len(cloud.sim.world.handset)
    cloud.sim.clock.pass_(hours=1)
    await until(lambda: len(cloud.sim.world.handset) == 1)

    (later,) = await cloud.listed(ALIMTALK, query)
    assert (at_first["resultCode"], at_first["messageStatus"], before) == ("3005", status, 0)
    assert (later["resultCode"], later["messageStatus"]) == ("1000", "COMPLETED")
    assert later["resendStatus"] == "RSC02"
    told = [one["hooks"][0]["resultCode"] for _, one in cloud.sim.server.webhooks]
    assert told == ["3005", "1000"]


async def test_a_number_can_be_scripted_to_any_code(cloud: Cloud) -> None:
    cloud.account.scripts = {FRIEND: "3021", STRANGER: "3005"}

    codes = await cloud.codes(BRAND, await cloud.brand(person(), person(STRANGER)))

    assert codes == {FRIEND: "3021", STRANGER: "3005"}


async def test_what_is_pending_shows_without_a_state_or_not_at_all(cloud: Cloud) -> None:
    """B3: not known, so a switch."""
    sent = await cloud.alimtalk(requestDate="2026-11-23 12:00")
    query = f"requestId={sent['message']['requestId']}"

    shown = await cloud.listed(ALIMTALK, query)
    cloud.sim.settings.nhn_pending = "hidden"
    hidden = await cloud.listed(ALIMTALK, query)

    assert [(one["messageStatus"], one["resultCode"]) for one in shown] == [(None, None)]
    assert hidden == []


# Hooks


async def test_hooks_come_in_batches_each_with_ids_of_its_own(cloud: Cloud) -> None:
    cloud.sim.settings.report_batch_max = 10

    await cloud.alimtalk(*(person(FRIEND, f"7:{n}") for n in range(25)))
    await cloud.sim.background.idle()

    bodies = [body for _, body in cloud.sim.server.webhooks]
    assert sorted(len(body["hooks"]) for body in bodies) == [5, 10, 10]
    assert len({one["hookId"] for body in bodies for one in body["hooks"]}) == 25
    assert {one["isAddedChannel"] for body in bodies for one in body["hooks"]} == {None}
    assert {one["kakaoMessageType"] for body in bodies for one in body["hooks"]} == {
        "ALIMTALK_NORMAL"
    }


async def test_a_doubled_hook_keeps_its_id(cloud: Cloud) -> None:
    """De-duplicated by hookId (B8); the envelope's own id is new."""
    cloud.sim.settings.report_duplicate = True

    await cloud.alimtalk()
    await cloud.sim.background.idle()

    first, second = (body for _, body in cloud.sim.server.webhooks)
    assert first["hooks"] == second["hooks"]
    assert first["hooksId"] != second["hooksId"]


async def test_hooks_may_be_shuffled(cloud: Cloud) -> None:
    cloud.sim.settings.report_shuffle = True

    await cloud.alimtalk(*(person(FRIEND, f"7:{n}") for n in range(20)))
    await cloud.sim.background.idle()

    ((_, body),) = cloud.sim.server.webhooks
    order = [one["recipientSeq"] for one in body["hooks"]]
    assert order != sorted(order)
    assert sorted(order) == list(range(1, 21))


@pytest.mark.parametrize(("kind", "count"), [("drop_reports", 0), ("duplicate_reports", 2)])
async def test_faults_of_reports_hold_for_hooks(cloud: Cloud, kind: str, count: int) -> None:
    cloud.sim.faults.arm(Fault(endpoint="reports", kind=kind))  # type: ignore[arg-type]

    await cloud.alimtalk()
    await cloud.sim.background.idle()

    assert len(cloud.sim.server.webhooks) == count


@pytest.mark.parametrize(("attempts", "count"), [(1, 1), (3, 3)])
async def test_how_often_a_refused_hook_is_tried_is_a_switch(
    cloud: Cloud, attempts: int, count: int
) -> None:
    cloud.sim.settings.nhn_hook_attempts = attempts
    cloud.sim.server.webhook_statuses = [500] * 9

    await cloud.alimtalk()
    await cloud.sim.background.idle()

    assert len(cloud.sim.server.webhooks) == count


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("seconds", "2026-11-23 10:00:00"),
        ("minutes", "2026-11-23 10:00"),
        ("day", "2026-11-23"),
        ("tenths", "2026-11-23 10:00:00.0"),
    ],
)
async def test_dates_have_the_form_of_the_switch(cloud: Cloud, form: str, shown: str) -> None:
    cloud.sim.settings.change({"nhn_dates": form})

    await cloud.alimtalk()
    await cloud.sim.background.idle()

    ((_, body),) = cloud.sim.server.webhooks
    assert body["hooks"][0]["receiveDate"] == shown


async def test_who_answers_080_is_told_and_refused_from_then_on(cloud: Cloud) -> None:
    """The SMS service's UNSUBSCRIBE event; then -3301."""
    cloud.account.sms_appkey, cloud.account.enterprise_name = "smsAppKey", "연남빵집"
    asked = {"appkey": APPKEY, "number": FRIEND, "unsubscribe_no": REFUSE_NUMBER}

    await cloud.sim.client.post("/sim/nhn/unsubscribe", json=asked)
    await cloud.sim.background.idle()
    sent = await cloud.brand()

    ((headers, body),) = cloud.sim.server.webhooks
    assert headers["X-Toast-Webhook-Signature"] == SIGNATURE
    assert (body["productName"], body["appKey"], body["event"]) == (
        "SMS", "smsAppKey", "UNSUBSCRIBE",
    )  # fmt: skip
    (hook,) = body["hooks"]
    assert list(hook) == [
        "hookId", "recipientNo", "unsubscribeNo", "enterpriseName", "createdDateTime",
    ]  # fmt: skip
    assert (hook["recipientNo"], hook["unsubscribeNo"]) == (FRIEND, REFUSE_NUMBER)
    assert hook["createdDateTime"] == "2026-11-23T10:00:00.000+09:00"
    assert sent["header"]["resultCode"] == -1031
    assert sent["message"]["sendResults"][0]["resultCode"] == -3301


async def test_a_refusal_of_all_may_not_say_why(cloud: Cloud) -> None:
    cloud.account.opt_outs.add(FRIEND)
    cloud.sim.settings.nhn_tells_all_refused = False

    assert list(await cloud.brand()) == ["header"]


# Faults


async def test_a_lost_answer_after_acting_leaves_the_message_and_its_key(cloud: Cloud) -> None:
    """B10: the same key answers -1005, and the look finds what was sent."""
    cloud.sim.faults.arm(Fault(endpoint="POST /alimtalk/*/messages", kind="http_500_after_acting"))
    path, key = f"{ALIMTALK}/messages", {"X_NC_API_IDEMPOTENCY_KEY": "c70"}
    body = {**_asked(cloud), "senderGroupingKey": "c70-a1"}

    lost = await cloud.call("POST", path, body, **key)
    again = await cloud.read("POST", path, body, **key)

    dates = "startRequestDate=2026-11-23 10:00&endRequestDate=2026-11-23 10:00"
    found = await cloud.listed(ALIMTALK, f"{dates}&senderGroupingKey=c70-a1")
    assert (lost.status, again["header"]["resultCode"]) == (500, -1005)
    assert [one["resultCode"] for one in found] == ["1000"]
    assert cloud.sim.world.handset.deliveries("run", "7").total() == 1


@pytest.mark.parametrize(("has_acted", "count"), [(False, 0), (True, 1)])
@pytest.mark.parametrize("code", [-7000, -9999])
async def test_some_codes_do_not_tell_whether_it_was_done(
    cloud: Cloud, code: int, has_acted: bool, count: int
) -> None:
    """B7: both are answered with HTTP 200, and only the look knows."""
    cloud.account.verdicts.append(Verdict(code, has_acted))

    refused = await cloud.brand()

    assert (refused["header"]["resultCode"], "message" in refused) == (code, False)
    dates = "startRequestDate=2026-11-23 10:00&endRequestDate=2026-11-23 10:00"
    assert len(await cloud.listed(BRAND, f"{dates}&senderGroupingKey=batch-482")) == count
    assert len(cloud.sim.world.handset) == count
    assert (await cloud.brand())["header"]["resultCode"] == 0  # once only


def _asked(cloud: Cloud) -> Json:
    values = {"가게": "빵집", "포인트": "1"}
    return {
        "senderKey": cloud.sender.sender_key,
        "templateCode": "ORDER_READY",
        "recipientList": [person(templateParameter=values)],
    }
