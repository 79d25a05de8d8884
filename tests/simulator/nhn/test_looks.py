"""Looking at what was sent at NHN, and taking back what has not left (providers.md B3, B4)."""

import pytest

from .cloud import ALIMTALK, BRAND, FRIEND, Cloud, person, until


async def test_the_grouping_key_and_a_window_of_dates_find_what_a_lost_answer_hid(
    cloud: Cloud,
) -> None:
    """B10: the look that reconciles."""
    await cloud.alimtalk(person(FRIEND, "7:1"), senderGroupingKey="c70-a1")
    await cloud.alimtalk(person(FRIEND, "7:2"), senderGroupingKey="c70-a2")
    day = "2026-11-23 09:00", "2026-11-23 10:00"

    for name in ("Create", "Request"):
        dates = f"start{name}Date={day[0]}&end{name}Date={day[1]}"
        found = await cloud.listed(ALIMTALK, f"{dates}&senderGroupingKey=c70-a2")
        assert [one["recipientGroupingKey"] for one in found] == ["7:2"]
    assert await cloud.listed(ALIMTALK, f"{dates}&senderGroupingKey=c70-a3") == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", -4103),
        ("startRequestDate=2026-11-23 00:00", -4103),
        ("startRequestDate=2026-10-01 00:00&endRequestDate=2026-11-02 00:00", -4003),
        ("startRequestDate=2026-08-01 00:00&endRequestDate=2026-08-02 00:00", -4017),
        ("requestId=x&pageSize=1001", -2004),
    ],
)
async def test_a_list_wants_one_request_or_a_month_at_most(
    cloud: Cloud, query: str, code: int
) -> None:
    refused = await cloud.read("GET", f"{BRAND}/messages?{query}")

    assert refused["header"]["resultCode"] == code


async def test_lists_are_paged(cloud: Cloud) -> None:
    sent = await cloud.alimtalk(*(person(FRIEND, f"7:{n}") for n in range(40)))
    await cloud.sim.background.idle()
    query = f"requestId={sent['message']['requestId']}&pageSize=15"

    pages = [
        (await cloud.read("GET", f"{ALIMTALK}/messages?{query}&pageNum={n}"))[
            "messageSearchResultResponse"
        ]
        for n in (1, 2, 3, 4)
    ]

    assert [len(one["messages"]) for one in pages] == [15, 15, 10, 0]
    assert {one["totalCount"] for one in pages} == {40}
    seen = [one["recipientSeq"] for page in pages for one in page["messages"]]
    assert seen == list(range(1, 41))


async def test_what_is_new_may_be_invisible_for_a_while(cloud: Cloud) -> None:
    cloud.sim.settings.nhn_list_delay_seconds = 30
    sent = await cloud.alimtalk()
    query = f"requestId={sent['message']['requestId']}"

    at_once = await cloud.listed(ALIMTALK, query)
    cloud.sim.clock.pass_(seconds=30)

    assert at_once == []
    assert len(await cloud.listed(ALIMTALK, query)) == 1


@pytest.mark.parametrize("under", [ALIMTALK, BRAND])
async def test_what_is_reserved_can_be_cancelled_and_then_never_arrives(
    cloud: Cloud, under: str
) -> None:
    send = cloud.alimtalk if under == ALIMTALK else cloud.brand
    people = person(FRIEND, "7:1"), person(FRIEND, "7:2")
    sent = await send(*people, requestDate="2026-11-23 11:00")
    path = f"{under}/messages/{sent['message']['requestId']}"

    first = await cloud.read("DELETE", f"{path}?recipientSeq=2")
    again = await cloud.read("DELETE", f"{path}?recipientSeq=2")
    cloud.sim.clock.pass_(hours=1)
    await until(lambda: len(cloud.sim.world.handset) == 1)

    assert [one["header"]["resultCode"] for one in (first, again)] == [0, -2029]
    assert cloud.sim.world.handset.tag_values("message") == ["1"]
    listed = await cloud.listed(under, f"requestId={sent['message']['requestId']}")
    assert [one["messageStatus"] for one in listed] == ["COMPLETED", "CANCEL"]
    late = await cloud.read("DELETE", path)
    assert late["header"]["resultCode"] == -2029


async def test_a_cancelled_message_never_turns_out_to_have_arrived(cloud: Cloud) -> None:
    """Even where its number is scripted to be confirmed later; nobody waits for it for ever."""
    cloud.account.scripts[FRIEND] = "3005>1000"
    sent = await cloud.alimtalk(requestDate="2026-11-23 11:00")

    await cloud.read("DELETE", f"{ALIMTALK}/messages/{sent['message']['requestId']}")
    cloud.sim.clock.pass_(hours=3)
    await cloud.nhn.reservations.idle()

    assert len(cloud.sim.world.handset) == 0
    changed = "startUpdateDate=2026-11-23 10:00&endUpdateDate=2026-11-23 10:00"
    (listed,) = (await cloud.read("GET", f"{ALIMTALK}/message-results?{changed}"))["messages"]
    assert (listed["messageStatus"], listed["resultCode"]) == ("CANCEL", None)


async def test_changed_results_are_listed_by_when_they_changed(cloud: Cloud) -> None:
    await cloud.alimtalk()
    await cloud.sim.background.idle()
    window = "startUpdateDate=2026-11-23 10:00&endUpdateDate=2026-11-23 10:00"
    before = "startUpdateDate=2026-11-23 09:00&endUpdateDate=2026-11-23 09:59"

    changed = await cloud.read("GET", f"{ALIMTALK}/message-results?{window}")
    counts = [
        (await cloud.read("GET", f"{ALIMTALK}/message-results/count?{one}"))["totalCount"]
        for one in (window, before, f"{window}&alimtalkMessageType=AUTH")
    ]

    assert [one["resultCode"] for one in changed["messages"]] == ["1000"]
    assert counts == [1, 0, 0]


async def test_one_alimtalk_shows_the_parts_of_its_template_filled_in(cloud: Cloud) -> None:
    button = {"ordering": 1, "type": "WL", "name": "보기", "linkMo": "https://a/#{가게}"}
    cloud.sender.templates["ORDER_READY"].body |= {"templateTitle": "#{가게}", "buttons": [button]}
    sent = await cloud.alimtalk()

    path = f"{ALIMTALK}/messages/{sent['message']['requestId']}/1"
    message = (await cloud.read("GET", path))["message"]

    assert message["templateTitle"] == "연남빵집"
    assert message["buttons"][0]["linkMo"] == "https://a/연남빵집"
    absent = {"templateSubtitle", "templateItem", "messageOption", "quickReplies"}
    assert {name for name in absent if message[name] is None} == absent


async def test_one_message_that_is_not_there(cloud: Cloud) -> None:
    refused = await cloud.read("GET", f"{ALIMTALK}/messages/20261123100000XXXX000001/1")

    assert refused["header"]["resultCode"] == -1016
