"""Is everything there that a bubble needs, and does it fit beside this shop's marks (L6-L8, D4)?"""

from collections.abc import Collection
from dataclasses import replace

from campaigns.compose import Copy, longest_words, read_words
from domain.bubbles import Bubble
from domain.campaigns import BUBBLES, PRODUCTS, BubbleKind, LinkButton, MessageKind, Product
from domain.compliance import Room, Sign, room_for
from domain.letters import letter_problem, write_letter
from domain.markings import MARKINGS
from domain.marks import REFUSAL, flaw_of
from domain.parts import TITLE, check_parts, field_of, letters_in
from domain.refusals import Invalid, Unlawful

PICTURELESS = (BubbleKind.TEXT, BubbleKind.LIST)


def check_copy(copy: Copy, sign: Sign | None, own: Collection[str | None]) -> Sign:
    """What must be there before anyone can be asked to pay for it (L7, K2); `own` are those of
    its pictures that are the shop's.

    Raises Invalid beside the field that lacks something or does not fit.
    """
    if copy.bubble not in BUBBLES[copy.sender]:
        raise Invalid({"bubble": "이 방법으로는 그 모양을 보낼 수 없어요."})
    if (copy.sender, copy.bubble) not in MARKINGS:
        raise Unlawful("L6")
    if sign is None:
        raise Invalid(
            {"contact": "광고에는 연락처가 꼭 있어야 해요. 매장 전화번호를 먼저 적어 주세요."}
        )
    if copy.bubble not in PICTURELESS and copy.picture_id not in own:
        raise Invalid({"picture": _picture_sentence(copy.bubble)})
    if PRODUCTS[copy.sender] is Product.LMS:
        _check_letter(copy, sign)
    owned = [one if one.picture_id in own else replace(one, picture_id=None) for one in copy.parts]
    check_parts(copy.bubble, owned)
    _check_room(copy, sign)
    return sign


def check_shown(button: LinkButton | None, preview: Bubble, sign: Sign) -> None:
    """What the gate would refuse to everybody at planning is told now, beside its field."""
    if button is not None and REFUSAL.search(button.label):
        raise Invalid({"label": "수신거부는 저절로 붙어요. 단추에는 다른 말을 적어 주세요."})
    if flaw_of(MessageKind.ADVERTISEMENT, preview, sign) is not None:
        raise Invalid({"body": "당첨이나 미납을 말하며 누르게 하는 글은 보낼 수 없어요."})


def _picture_sentence(kind: BubbleKind) -> str:
    if kind is BubbleKind.PICTURE:
        return "사진 카드에는 사진이 필요해요. 사진을 고르거나 글 카드로 바꿔 주세요."
    return "이 모양에는 사진이 필요해요. 사진을 고르거나 다른 모양으로 바꿔 주세요."


def _check_letter(copy: Copy, sign: Sign) -> None:
    """L8: a text message is refused by calling a number that costs nothing."""
    if sign.opt_out is None:
        raise Invalid({"bubble": "문자로 보내려면 무료수신거부 번호(080)가 먼저 있어야 해요."})
    longest = longest_words(read_words(copy.body, sign.name), sign.name)
    letter = write_letter(sign.name, sign.contact, sign.opt_out, longest)
    if problem := letter_problem(letter):
        raise Invalid({"body": problem})


def _check_room(copy: Copy, sign: Sign) -> None:
    room = room_for(copy.bubble, sign)
    if room is None:
        sentence = "매장 이름이 길어서 이 모양에는 ‘(광고)’ 표시가 다 들어가지 않아요."
        raise Invalid({"bubble": f"{sentence} 다른 모양을 골라 주세요."})
    longest = longest_words(read_words(copy.body, sign.name), sign.name)
    if problem := _body_problem(longest, room):
        raise Invalid({"body": problem})
    if not room.thing_letters:
        return
    over = letters_in(copy.parts[0].title) - room.thing_letters
    if over > 0:
        sentence = (
            f"매장 이름과 함께 적혀서 {room.thing_letters}자까지예요. {over}자만 줄여 주세요."
        )
        raise Invalid({field_of(0, TITLE): sentence})


def _body_problem(longest: str, room: Room) -> str | None:
    if longest.count("\n") >= room.lines:
        return (
            "이 모양에는 한 줄로 적어 주세요."
            if room.lines == 1
            else f"이 모양에는 {room.lines}줄까지 적을 수 있어요."
        )
    over = letters_in(longest) - room.letters
    return f"이 모양에는 {room.letters}자까지예요. {over}자만 줄여 주세요." if over > 0 else None
