"""A campaign in every bubble, from booking to the handset, its pictures kept at SOLAPI first."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from PIL import Image

from campaigns.booking import Draft, book_campaign, dry_run
from campaigns.dispatch import Dispatcher
from campaigns.plan import plan_next
from campaigns.results import campaign_result
from campaigns.senders.solapi import SolapiSender
from domain.campaigns import BRAND_BUBBLES, BubbleKind, LinkButton, MessageKind, SenderName
from domain.compliance import Sign
from domain.coupons import CouponKind, CouponSource, CouponTerms
from domain.marks import flaw_of
from domain.people import CampaignId
from domain.refusals import Invalid
from loyalty.coupons import NewOffer, make_offer
from simulator.app import BACKGROUND, FAULTS, build
from simulator.background import Background
from simulator.faults import Fault, Faults, Kind
from simulator.reading import brand_block, shown_text
from simulator.settings import Settings
from simulator.world import Bot, SolapiAccount, World
from storage.books import Books
from storage.queries.chunks import find_next_act
from storage.queries.provider_pictures import KEPT_FOR
from subsidy.shops import add_picture, card_picture
from tests.campaigns.senders.shown import shown_bubble
from tests.campaigns.stage import PUBLIC_URL, broken_promises
from tests.conftest import Clock
from tests.domain.drawn import PARTS
from tests.factories import (
    CONTACT,
    SHOP_NAME,
    Street,
    let_advertise_often,
    make_shop,
    make_street,
    phone_of,
    rows,
)

SIGN = Sign(name=SHOP_NAME, contact=CONTACT)
COLORS = ("orange", "brown", "white")
KEPT = "SELECT shape, count(*) FROM provider_picture GROUP BY shape ORDER BY shape"
UPLOAD = "POST /storage/v1/files"
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A shop with three pictures, and the pretend SOLAPI whose friends its regulars are."""

    books: Books
    clock: Clock
    street: Street
    pictures: tuple[str, ...]
    sender: SolapiSender
    world: World
    faults: Faults
    background: Background

    def draft(self, kind: BubbleKind) -> Draft:
        own = dict(zip(("1", "2", "3"), self.pictures, strict=True))
        parts = (
            replace(one, picture_id=own.get(one.picture_id or "")) for one in PARTS.get(kind, ())
        )
        return Draft(
            sender=SenderName.SOLAPI,
            bubble=kind,
            body="오늘 3시에 나와요",
            picture_id=self.pictures[0],
            parts=tuple(parts),
        )

    async def send(self, draft: Draft, form_key: str = "form-1") -> CampaignId:
        at = self.clock.now()
        campaign_id = await self.books.write(
            book_campaign, self.street.shop_id, draft, form_key=form_key, staff_id=None, at=at
        )
        assert await self.books.write(plan_next, at)
        await self.drain()
        return campaign_id

    async def drain(self) -> None:
        senders = {SenderName.SOLAPI: self.sender}
        dispatcher = Dispatcher(self.books, senders, self.clock.now, PUBLIC_URL)
        for _ in range(40):
            while await dispatcher.send_next() or await dispatcher.ask_next():
                await self.background.idle()
            due_at = await self.books.read(find_next_act)
            if due_at is None:
                break
            self.clock.at = max(self.clock.at, due_at)
        assert await broken_promises(self.books) == {}

    async def delivered(self, campaign_id: CampaignId) -> int:
        result = await self.books.read(campaign_result, self.street.shop_id, campaign_id)
        return result.delivered


def photo(color: str) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (900, 700), color).save(kept, "PNG")
    return kept.getvalue()


@pytest_asyncio.fixture
async def scene(books: Books, clock: Clock) -> AsyncIterator[Scene]:
    street = await books.write(make_street, people=2)
    await books.write(let_advertise_often, street.shop_id)
    pictures = [
        await books.write(add_picture, street.shop_id, card_picture(photo(color)), clock.now())
        for color in COLORS
    ]
    world = World(clock.now, seed=7)
    app = build(world, Settings(deliver_delay_seconds=0.0))
    server = TestServer(app)
    await server.start_server()
    bot = Bot(
        bot_id="bot-1",
        name=SHOP_NAME,
        channel_public_id="_pub1",
        channel_uuid="@shop1",
        skill_url="",
        rest_api_key="",
        events={},
    )
    world.add_bot(bot)
    account = SolapiAccount(
        api_key="K", api_secret="S", pf_ids={"PF01": "bot-1"}, balance_won=1_000_000
    )
    world.add_account(account)
    for number in (1, 2):
        world.add_person(name="손님", phone=phone_of(number), person_id=f"p{number}")
        world.add_friend(f"p{number}", "bot-1")
    sender = SolapiSender(
        api_key="K",
        api_secret="S",
        now=clock.now,
        base_url=str(server.make_url("")).rstrip("/"),
        timeout_seconds=1.0,
    )
    yield Scene(
        books=books,
        clock=clock,
        street=street,
        pictures=tuple(pictures),
        sender=sender,
        world=world,
        faults=app[FAULTS],
        background=app[BACKGROUND],
    )
    await sender.close()
    await server.close()


@ON_SQLITE
@pytest.mark.parametrize("kind", BRAND_BUBBLES)
async def test_every_bubble_goes_from_booking_to_the_handset(
    scene: Scene, kind: BubbleKind
) -> None:
    """I8: judged on what the handset shows."""
    campaign_id = await scene.send(scene.draft(kind))

    assert await scene.delivered(campaign_id) == 2
    received = scene.world.handset.all_deliveries()
    assert sorted(one.person_id for one in received) == ["p1", "p2"]
    for one in received:
        bubble = shown_bubble(one.content.body)
        assert flaw_of(MessageKind.ADVERTISEMENT, bubble, SIGN) is None
        assert "오늘 3시에 나와요" in shown_text(one.content)


async def test_a_picture_is_kept_once_for_each_shape(scene: Scene) -> None:
    """A9; the next day's news with the same pictures uploads nothing."""
    await scene.send(scene.draft(BubbleKind.ITEMS))
    kept = await scene.books.read(rows, KEPT)
    scene.clock.advance(timedelta(days=1))
    scene.faults.arm(Fault(endpoint=UPLOAD, kind="http_500", times=9))

    campaign_id = await scene.send(scene.draft(BubbleKind.ITEMS), "form-2")

    assert kept == [("first_item", 1), ("item", 3)]
    assert await scene.books.read(rows, KEPT) == kept
    assert not scene.faults.happened
    assert await scene.delivered(campaign_id) == 2


async def test_a_picture_is_not_believed_to_be_kept_for_ever(scene: Scene) -> None:
    """B4: it goes where nothing uses it, and another account never had it."""
    await scene.send(scene.draft(BubbleKind.ITEMS))
    refs = "SELECT provider_ref FROM provider_picture ORDER BY shape, picture_id"
    before = await scene.books.read(rows, refs)
    scene.clock.advance(KEPT_FOR)

    campaign_id = await scene.send(scene.draft(BubbleKind.ITEMS), "form-2")

    after = await scene.books.read(rows, refs)
    assert len(after) == len(before)
    assert not set(after) & set(before)
    assert await scene.delivered(campaign_id) == 2


@ON_SQLITE
@pytest.mark.parametrize("kind", ["close_before_reading", "close_after_acting", "half_reply"])
async def test_a_lost_upload_is_tried_again_and_sends_nobody_twice(
    scene: Scene, kind: Kind
) -> None:
    """Nothing has left before all pictures are there."""
    scene.faults.arm(Fault(endpoint=UPLOAD, kind=kind, times=2))

    campaign_id = await scene.send(scene.draft(BubbleKind.SLIDES))

    assert await scene.delivered(campaign_id) == 2
    assert len(scene.world.handset.all_deliveries()) == 2
    assert await scene.books.read(rows, KEPT) == [("slide", 3)]


@ON_SQLITE
async def test_a_coupon_of_a_known_title_comes_with_what_has_only_links(scene: Scene) -> None:
    """D4; its link leads to the shop's page."""
    terms = CouponTerms(kind=CouponKind.PERCENT, title="10% 할인", value=10)
    offer_id = await scene.books.write(
        make_offer,
        scene.street.shop_id,
        NewOffer(source=CouponSource.CAMPAIGN, terms=terms),
        actor="owner:1",
        at=scene.clock.now(),
    )
    await scene.send(replace(scene.draft(BubbleKind.GOODS), offer_id=offer_id))

    shown = brand_block(scene.world.handset.all_deliveries()[0].content.body)
    assert shown["coupon"]["title"] == "10% 할인 쿠폰"
    assert shown["coupon"]["linkMobile"] == f"{PUBLIC_URL}/s/bread"


@ON_SQLITE
async def test_the_owners_link_is_counted_on_its_way(scene: Scene) -> None:
    draft = replace(
        scene.draft(BubbleKind.WIDE), button=LinkButton("예약하기", "https://bread.example")
    )
    await scene.send(draft)

    shown = brand_block(scene.world.handset.all_deliveries()[0].content.body)
    first, last = shown["buttons"]
    assert first["linkMobile"].startswith(f"{PUBLIC_URL}/g/")
    assert last == {"name": "무료 수신거부", "linkType": "BK"}


@ON_SQLITE
async def test_another_shops_picture_is_refused_beside_its_part(scene: Scene) -> None:
    other = await scene.books.write(
        make_shop, scene.street.market_id, scene.street.channel_id, slug="other"
    )
    theirs = await scene.books.write(
        add_picture, other, card_picture(photo("red")), scene.clock.now()
    )
    draft = scene.draft(BubbleKind.ITEMS)
    first, second = draft.parts
    stolen = replace(draft, parts=(first, replace(second, picture_id=theirs)))

    with pytest.raises(Invalid) as refusal:
        await scene.books.read(dry_run, scene.street.shop_id, stolen, scene.clock.now())

    assert list(refusal.value.fields) == ["p1_picture"]
