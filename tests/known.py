"""Two people about whom everything is known that can be known, and its traces in the books."""

from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.dispatch import Dispatcher
from domain.campaigns import SenderName
from domain.consent import Choice
from domain.coupons import SAME_SALE, CouponSource, CouponWay
from domain.paper import PaperLine
from domain.people import CustomerId, Friend, Role, ShopId
from loyalty.birthdays import leave_birthday
from loyalty.cards import set_cards
from loyalty.codes import issue_customer_code, note_wrong_try
from loyalty.consent import choose_advertising
from loyalty.coupons import NewOffer, Showing, give, hold_coupon, make_offer, use_coupon
from loyalty.enquiries import ask_shop
from loyalty.friendship import ChannelEvent, note_channel_event
from loyalty.importing import take_over
from loyalty.join_codes import issue_join_code, use_join_code
from loyalty.joining import join_shop, leave_phone
from loyalty.meeting import recognize
from loyalty.notes import write_note
from loyalty.paper import stamp_by_phone
from loyalty.tills import Asked, Till, add_till, keep_request
from loyalty.visits import stamp_by_code
from storage.books import Books
from storage.desk import Tx
from storage.queries.customers import Caller, save_name
from storage.queries.places import get_shop
from storage.queries.staff_chats import Seat
from storage.queries.tills import list_tills
from subsidy.invitations import accept, invite
from subsidy.pairing import make_pairing_code, pair_chat
from tests.campaigns.fakes import FakeSender
from tests.campaigns.stage import PUBLIC_URL
from tests.conftest import START
from tests.factories import OWNER, Street, make_run, make_street, rows
from tests.loyalty.street import GIFT, make_card, make_sale

PHONE, PAPER_PHONE = "01098761234", "01087652345"
NAME, PAPER_NAME = "홍길순할머니", "종이목록단골"
NOTE_WORDS = "창가 자리를 좋아하심"
QUESTION_WORDS = "우산을 두고 갔는데 있나요?"
BIRTHDAY = "02-29"
"""No date of these years holds it by chance."""

WHO = Caller(
    bot_user_key="bu-7f3a9c5e1d2b4860",
    plusfriend_user_key="pf-e2c4a68b",
    app_user_id="3987654321",
    is_friend=True,
)
SECRETS = (
    "SELECT phone, birthday, phone_hash, birthday_hash, bot_user_key FROM customer WHERE id = :id",
    "SELECT body FROM note WHERE customer_id = :id",
    "SELECT digest FROM till_request WHERE customer_id = :id",
    "SELECT key FROM given_stamps WHERE customer_id = :id",
)
"""Ciphertext and keyed hashes, and the key of who has no chat."""


def spellings(phone: str) -> list[str]:
    head, middle, tail = phone[:3], phone[3:7], phone[7:]
    return [
        f"{head}{middle}{tail}",
        f"{head}-{middle}-{tail}",
        f"{middle}-{tail}",
        f"{middle}{tail}",
        f"82{head[1:]}{middle}{tail}",
    ]


SEALED = [*spellings(PHONE), *spellings(PAPER_PHONE), NOTE_WORDS, QUESTION_WORDS, BIRTHDAY]
"""Clear text that stands nowhere, not even while the person is there."""

PLAIN = [NAME, PAPER_NAME, *(str(key) for key in WHO[:3])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """`traces` stand in the books while these people do."""

    street: Street
    people: Sequence[CustomerId]
    traces: Sequence[bytes]

    @property
    def shop_id(self) -> ShopId:
        return self.street.shop_id


async def know_everything(books: Books) -> Known:
    """One who has done everything in the chat and got an advertisement; one on paper."""
    street = await books.write(make_street, people=2)
    shop_id = street.shop_id
    await books.write(set_cards, shop_id, [make_card(1)], actor=OWNER, at=START)
    who = await books.write(leave_everything, street)
    line = PaperLine(number=1, phone=PAPER_PHONE, name=PAPER_NAME, stamps=2)
    await books.write(take_over, shop_id, [line], actor=OWNER, at=START)
    stamped = await books.write(stamp_by_phone, shop_id, PAPER_PHONE, make_sale(), START)
    await advertise(books, shop_id)
    people = [who, stamped.customer_id]
    found = [await books.read(rows, one, id=person) for person in people for one in SECRETS]
    secrets = [as_bytes(value) for one in found for row in one for value in row if value]
    clear = [word.encode() for word in PLAIN]
    return Known(street=street, people=people, traces=list(dict.fromkeys([*clear, *secrets])))


def leave_everything(tx: Tx, street: Street) -> CustomerId:
    shop_id, channel_id = street.shop_id, street.channel_id
    who = recognize(tx, channel_id, WHO, START)
    join_shop(tx, shop_id, who, pressed="네", at=START)
    choose_advertising(tx, shop_id, who, Choice.GRANTED, pressed="받을게요", at=START)
    save_name(tx, shop_id, who, NAME)
    leave_phone(tx, who, PHONE, START)
    leave_birthday(tx, who, "2월 29일", START)
    write_note(tx, shop_id, who, NOTE_WORDS, actor=OWNER, at=START)
    ask_shop(tx, shop_id, who, QUESTION_WORDS, reply_hours=24, at=START)
    note_wrong_try(tx, f"code:{who}", START)
    note_channel_event(tx, channel_id, make_event(), START)
    ask_as_till(tx, shop_id, who)
    come_by_code(tx, street, who)
    work_here(tx, street, who)
    earn_and_use(tx, street, who)
    issue_customer_code(tx, channel_id, who, START)
    return who


def come_by_code(tx: Tx, street: Street, who: CustomerId) -> None:
    shown = issue_join_code(tx, get_shop(tx, street.shop_id), START)
    assert shown
    assert use_join_code(tx, street.channel_id, who, shown.digits, START) == street.shop_id


def work_here(tx: Tx, street: Street, who: CustomerId) -> None:
    """The same chat speaks for a member of the shop's staff."""
    token = invite(tx, Role.OWNER, shop_id=street.shop_id, name="김사장", at=START)
    code = make_pairing_code(tx, accept(tx, token, START), START)
    assert isinstance(pair_chat(tx, street.channel_id, who, code.digits, START), Seat)


def make_event(resource_id: str = "R-1", friend: Friend = Friend.ADDED) -> ChannelEvent:
    """A webhook about this person, with their id in its body."""
    return ChannelEvent(
        resource_id=resource_id,
        friend=friend,
        app_user_id=WHO.app_user_id,
        happened_at=START,
        body=f'{{"event":"{friend}","id":"{WHO.app_user_id}","id_type":"app_user_id"}}',
    )


def ask_as_till(tx: Tx, shop_id: ShopId, who: CustomerId) -> None:
    add_till(tx, shop_id, "계산대 1", actor=OWNER, at=START)
    till = Till(list_tills(tx, shop_id)[0].token_id, shop_id)
    keep_request(tx, till, Asked("key-1", f'{{"phone":"{PHONE}"}}'), who, START)


def earn_and_use(tx: Tx, street: Street, who: CustomerId) -> None:
    """One coupon earned and used, one held for a payment (of a cap of one), one in the pocket."""
    shop_id = street.shop_id
    digits = issue_customer_code(tx, street.channel_id, who, START).digits
    earned = stamp_by_code(tx, shop_id, digits, make_sale(), START).earned[0]
    new = NewOffer(source=CouponSource.HAND, terms=GIFT, cap=1)
    offer_id = make_offer(tx, shop_id, new, actor=OWNER, at=START)
    held, _ = (
        give(tx, (shop_id, who), offer_id, key=key, actor=OWNER, at=START)
        for key in ("held", "kept")
    )
    assert held is not None
    use_coupon(tx, shop_id, earned.coupon_id, showing("use-1"), START - SAME_SALE)
    hold_coupon(tx, shop_id, held.coupon_id, showing("hold-1"), START)


def showing(key: str) -> Showing:
    return Showing(key=key, way=CouponWay.TILL, actor=OWNER)


async def advertise(books: Books, shop_id: ShopId) -> None:
    """One campaign to everybody, sent and settled."""
    await books.write(make_run, shop_id, at=START)
    senders = {SenderName.KAKAO_EVENT: FakeSender(SenderName.KAKAO_EVENT)}
    dispatcher = Dispatcher(books, senders, lambda: START, PUBLIC_URL)
    while await dispatcher.send_next():
        pass


def as_bytes(value: object) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)  # type: ignore[call-overload]  # bytes-like, from either driver
