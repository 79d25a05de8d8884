"""How templates stand at SOLAPI, read over real HTTP and taken into the books (A9)."""

from datetime import timedelta

import pytest

from campaigns.inspections import ASK_EVERY, Inspections
from campaigns.senders.solapi_alimtalk import SolapiAlimtalkSender
from campaigns.senders.solapi_templates import PAGE_SIZE
from domain.alimtalk import TEXTS
from domain.bubbles import Text
from domain.campaigns import SenderName
from domain.refusals import Rejected
from domain.ways import NoticeUse, TemplateState
from simulator.faults import Fault, Kind
from storage.books import Books
from storage.queries.notice_templates import list_at_provider
from tests.campaigns.test_alimtalk import approve
from tests.factories import make_street

from .conftest import AD, NOW, TEMPLATE, TEMPLATE_ID, Street
from .engine import carry

ALIMTALK = SenderName.SOLAPI_ALIMTALK
USE = NoticeUse.CONSENT_RESULT
CODE = f"KA01TP-{USE}"
pytestmark = pytest.mark.parametrize("sender_name", [ALIMTALK], indirect=True)


def sender_of(street: Street) -> SolapiAlimtalkSender:
    assert isinstance(street.sender, SolapiAlimtalkSender)
    return street.sender


async def test_every_template_is_read_page_by_page(street: Street) -> None:
    for number in range(PAGE_SIZE + 1):
        street.account.templates[f"T{number}"] = f"글 {number}"
    street.account.template_states["T0"] = "INSPECTING"

    told = {one.code: one for one in await sender_of(street).templates()}

    assert len(told) == PAGE_SIZE + 2
    assert told[TEMPLATE_ID] == (TEMPLATE_ID, TEMPLATE, TemplateState.APPROVED)
    assert told["T0"].state is TemplateState.REQUESTED
    assert told[f"T{PAGE_SIZE}"].body == f"글 {PAGE_SIZE}"


async def test_an_approval_is_taken_over_at_the_next_look(street: Street, books: Books) -> None:
    """And asked for no more than once an hour."""
    ours = await books.write(make_street)
    await books.write(approve, ours, USE, TemplateState.REQUESTED)
    street.account.templates[CODE] = TEXTS[USE]
    street.account.template_states[CODE] = "INSPECTING"
    inspections = Inspections(books, {ALIMTALK: street.sender})

    await inspections.ask(NOW)
    street.account.template_states[CODE] = "APPROVED"
    await inspections.ask(NOW + ASK_EVERY - timedelta(seconds=1))
    (before,) = await books.read(list_at_provider, ALIMTALK)
    await inspections.ask(NOW + ASK_EVERY)
    (after,) = await books.read(list_at_provider, ALIMTALK)

    assert (before.state, after.state) == (TemplateState.REQUESTED, TemplateState.APPROVED)


@pytest.mark.parametrize("kind", ["http_503_html", "half_reply", "close_before_reading"])
async def test_a_provider_in_trouble_changes_nothing(
    street: Street, books: Books, kind: Kind
) -> None:
    ours = await books.write(make_street)
    await books.write(approve, ours, USE)
    street.faults.arm(Fault(endpoint="GET /kakao/v2/templates", kind=kind, times=9))

    await Inspections(books, {ALIMTALK: street.sender}).ask(NOW)

    (found,) = await books.read(list_at_provider, ALIMTALK)
    assert found.state is TemplateState.APPROVED


@pytest.mark.parametrize("state", ["PENDING", "INSPECTING", "REJECTED"])
async def test_what_is_not_approved_reaches_nobody(street: Street, state: str) -> None:
    """1042."""
    street.account.template_states[TEMPLATE_ID] = state
    batch = street.batch(1)
    ref = await street.sender.open(batch)

    filled = await street.sender.fill(batch, ref)

    assert [one.code for one in filled.refused] == ["1042"]


async def test_a_text_that_differs_from_its_template_reaches_nobody(street: Street) -> None:
    """1043: our own text goes along, so that a template that changed is noticed."""
    street.account.templates[TEMPLATE_ID] = "다른 글 #{보내는가게이름}"
    batch = street.batch(1)
    ref = await street.sender.open(batch)

    filled = await street.sender.fill(batch, ref)

    assert [one.code for one in filled.refused] == ["1043"]


async def test_nobody_gets_a_text_message_instead(street: Street) -> None:
    """E10: 3104 is a failure here, and costs what a failure costs."""
    batch = street.batch(1)
    street.account.scripts[batch.people[0].address] = "3104"
    before = street.account.balance_won

    told = await carry(street, batch)

    assert len(told.failed) == 1
    assert not street.received()
    assert street.account.balance_won == before


async def test_an_advertisement_is_no_alimtalk(street: Street) -> None:
    """K15: what is no inspected text is not encoded at all."""
    batch = street.batch(1)
    brand = batch.people[0]._replace(bubble=Text(AD))

    with pytest.raises(Rejected):
        sender_of(street).encode(brand, batch, None)
