"""What we post to NHN for a brand message, and what is refused before (providers.md B4)."""

from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.senders.nhn_templates import as_template, has_variables, values_in
from domain.bubbles import (
    Text,
)
from domain.campaigns import Batch
from domain.refusals import Rejected, Retryable, Unknown
from domain.ways import PictureShape

from .conftest import ACCOUNT, AD, NHN_SENDER_KEY
from .fakes import Said
from .nhn_steps import LOST, REQUEST_ID, accepted, batch_of, brand_at, verdict

REFUSE = {"name": "무료 수신거부", "type": "BK"}
KEPT_AT = "https://mud-kage.kakao.com/p1.jpg"
TEMPLATE = verdict(0, template={"templateCode": "T1"})


async def posted(batch: Batch, *answers: Said) -> tuple[str, dict[str, object]]:
    """The path and body of the last request that sending a chunk makes."""
    async with brand_at(answers) as (sender, one):
        ref = await sender.open(batch)
        await sender.send(batch, ref)
        return one.asked[-1].path, orjson.loads(one.asked[-1].body)


async def test_one_content_for_everybody_is_posted_free_form() -> None:
    path, body = await posted(batch_of(Text(AD), Text(AD)), accepted())

    key = body.pop("senderGroupingKey")
    assert path == "/brand-message/v1.0/appkeys/exampleAppKey/freestyle-messages"
    assert isinstance(key, str)
    assert key.startswith("c70a1c70a1c7.")
    assert body == {
        "senderKey": NHN_SENDER_KEY,
        "chatBubbleType": "TEXT",
        "adult": False,
        "content": AD,
        "buttons": [REFUSE],
        "unsubscribeNo": "080-123-4567",
        "recipientList": [
            {
                "recipientNo": f"0100000000{number}",
                "targeting": "I",
                "resendParameter": {"isResend": False},
                "recipientGroupingKey": f"7:{1000 + number}",
            }
            for number in (1, 2)
        ],
    }


async def test_a_channel_without_an_080_number_names_none() -> None:
    batch = replace(batch_of(), account=replace(ACCOUNT, opt_out_number=None))

    assert "unsubscribeNo" not in (await posted(batch, accepted()))[1]


async def test_what_differs_is_made_a_template_of() -> None:
    """B4: per-recipient text needs the template form; marks and host stay readable in it."""
    people = (Text("(광고) 빵집\n민지님, 식빵이요"), Text("(광고) 빵집\n서준님, 식빵이요"))
    async with brand_at([TEMPLATE, accepted()]) as (sender, one):
        batch = batch_of(*people, why=True)
        ref = await sender.open(batch)
        await sender.send(batch, ref)
        made, sent = (orjson.loads(asked.body) for asked in one.asked)

    assert made["content"] == "(광고) 빵집\n#{v1}"
    assert made["buttons"][0]["linkMo"] == made["buttons"][0]["linkPc"]
    assert made["buttons"][0]["linkMo"] == "https://dangol.test/w/#{v2}"
    assert made["buttons"][-1] == REFUSE
    assert one.asked[0].path.endswith(f"/senders/{NHN_SENDER_KEY}/templates")
    assert one.asked[1].path.endswith("/basic-messages")
    assert sent["templateCode"] == "T1"
    assert sent["senderGroupingKey"] == made["templateName"]
    assert [one["templateParameter"] for one in sent["recipientList"]] == [
        {"v1": "민지님, 식빵이요", "v2": "1"},
        {"v1": "서준님, 식빵이요", "v2": "2"},
    ]


async def test_who_withdrew_meanwhile_leaves_the_others_values_as_they_are() -> None:
    batch = batch_of(Text("가나"), Text("가다"), Text("라마"))
    async with brand_at([TEMPLATE, accepted()]) as (sender, one):
        ref = await sender.open(batch)
        await sender.remove(batch, ref, [batch.people[2].message_id])
        await sender.send(replace(batch, people=batch.people[:2]), ref)
        made, sent = (orjson.loads(asked.body) for asked in one.asked)

    assert made["content"] == "#{v1}"
    assert [one["templateParameter"] for one in sent["recipientList"]] == [
        {"v1": "가나"},
        {"v1": "가다"},
    ]


@pytest.mark.parametrize("answer", [LOST, verdict(-9999), verdict(0)])
async def test_a_template_whose_answer_is_lost_is_made_anew(answer: Said) -> None:
    async with brand_at([answer]) as (sender, _):
        with pytest.raises(Retryable):
            await sender.open(batch_of(Text("가"), Text("나")))


async def test_a_template_that_another_process_made_is_not_guessed_at() -> None:
    batch = batch_of(Text("가"), Text("나"))
    async with brand_at([TEMPLATE]) as (sender, _):
        ref = await sender.open(batch)
    async with brand_at([accepted()]) as (other, one):
        with pytest.raises(Unknown):
            await other.send(batch, ref)
        assert one.asked == []


async def test_people_whose_messages_differ_in_form_are_rejected() -> None:
    batch = batch_of(Text("가"), Text("나"), why=True)
    first, second = batch.people
    async with brand_at([TEMPLATE]) as (sender, one):
        with pytest.raises(Rejected):
            await sender.open(replace(batch, people=(first, second._replace(why_url=None))))
        assert one.asked == []


async def test_a_channel_without_a_sender_key_is_rejected() -> None:
    batch = replace(batch_of(), account=replace(ACCOUNT, nhn_sender_key=None))
    async with brand_at([accepted()]) as (sender, one):
        with pytest.raises(Rejected):
            await sender.open(batch)
        assert one.asked == []


async def test_a_picture_is_handed_over_as_a_form() -> None:
    async with brand_at([verdict(0, image={"imageSeq": 1, "imageUrl": KEPT_AT})]) as (sender, one):
        assert await sender.upload(b"\x89PNG...", PictureShape.FIRST_ITEM) == KEPT_AT

        (asked,) = one.asked
        assert asked.path.endswith("/images")
        assert asked.headers["Content-Type"].startswith("multipart/form-data; boundary=")
        assert b'name="imageType"\r\n\r\nMAIN_WIDE_ITEMLIST_IMAGE\r\n' in asked.body
        assert b'name="image"; filename="a.png"\r\n\r\n\x89PNG...\r\n' in asked.body


async def test_a_picture_without_an_address_is_handed_over_again() -> None:
    async with brand_at([verdict(0)]) as (sender, _):
        with pytest.raises(Retryable):
            await sender.upload(b"\xff\xd8", PictureShape.PICTURE)


async def test_the_answer_is_the_reference_and_names_who_was_refused() -> None:
    """L4: an opt-out at the provider is known at once."""
    results = [
        {"recipientSeq": 1, "recipientNo": "01000000001", "resultCode": 0},
        {"recipientSeq": 2, "recipientNo": "01000000002", "resultCode": -3301},
        {"recipientSeq": 3, "recipientNo": "01000000003", "resultCode": -9999},
    ]
    batch = batch_of(Text(AD), Text(AD), Text(AD))
    async with brand_at([accepted(*results)]) as (sender, _):
        sent = await sender.send(batch, await sender.open(batch))

    assert sent.ref == REQUEST_ID
    assert [(one.message_id, one.outcome, one.is_opt_out) for one in sent.refused] == [
        (1002, "failed", True),
        (1003, "unknown", False),
    ]


async def test_when_all_are_refused_each_is_told_why() -> None:
    refused = {"recipientSeq": 1, "recipientNo": "01000000001", "resultCode": -3301}
    answer = verdict(-1031, message={"requestId": REQUEST_ID, "sendResults": [refused]})
    async with brand_at([answer]) as (sender, _):
        sent = await sender.send(batch_of(), await sender.open(batch_of()))

    assert [one.is_opt_out for one in sent.refused] == [True]


async def test_one_person_who_opted_out_is_reported_whatever_the_form() -> None:
    async with brand_at([verdict(-3301)]) as (sender, _):
        sent = await sender.send(batch_of(), await sender.open(batch_of()))

    assert [one.is_opt_out for one in sent.refused] == [True]


@pytest.mark.parametrize("answer", [verdict(-1031), verdict(-1001), verdict(-3332), verdict(4)])
async def test_a_refused_request_is_rejected(answer: Said) -> None:
    async with brand_at([answer]) as (sender, _):
        with pytest.raises(Rejected):
            await sender.send(batch_of(), await sender.open(batch_of()))


@pytest.mark.parametrize("answer", [LOST, verdict(-7000), verdict(-9999), Said(403, b"{}")])
async def test_an_answer_that_leaves_it_open_is_unknown(answer: Said) -> None:
    async with brand_at([answer]) as (sender, one):
        ref = await sender.open(batch_of())
        with pytest.raises(Unknown):
            await sender.send(batch_of(), ref)
        assert len(one.asked) == 1, "posted once"


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
PEOPLE = st.lists(st.tuples(NAMES, NAMES, st.sampled_from(["", "?x=1"])), min_size=1, max_size=6)


@given(PEOPLE)
def test_a_template_and_its_values_are_the_words_again(people: list[tuple[str, str, str]]) -> None:
    contents = [
        {
            "content": f"(광고) 빵집\n{name}님\n{words}",
            "buttons": [{"name": "보기", "linkMo": f"https://d.test/{tail}"}, REFUSE],
        }
        for name, words, tail in people
    ]

    template = as_template(contents)

    assert has_variables(template) == any(one != contents[0] for one in contents)
    for content in contents:
        text = orjson.dumps(template).decode()
        for name, value in values_in(template, content).items():
            assert name in text
            text = text.replace(f"#{{{name}}}", orjson.dumps(value).decode()[1:-1])
        assert orjson.loads(text) == content
