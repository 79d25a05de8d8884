"""A chat that begins or ends to speak for someone of a shop, and the way into the console."""

from bot.hearing.understanding import digits_in
from bot.kakao_out import Reply
from bot.owner.turns import OwnerTurn, asking, button, reply, show
from bot.turns import Turn, plain, usual
from bot.words import say
from domain.bubbles import Action, Button, Text, TextCard
from domain.people import Friend, Role
from domain.refusals import Conflict, NotFound
from storage.queries.staff_chats import Seat
from subsidy.pairing import pair_chat, part_chat
from subsidy.signing_in import make_link

PART = "part"
REFUSED = {"too_many_tries": "too_many_tries", "pairing_lapsed": "lapsed"}


def pair(turn: Turn) -> Reply:
    """Eight digits from the console. Whoever guesses learns nothing of any shop."""
    digits = digits_in(turn.said.words)
    paired = pair_chat(turn.tx, turn.channel_id, turn.customer_id, digits, turn.at)
    match paired:
        case Seat():
            is_friend = turn.meeting.person.friend is Friend.ADDED  # K7: nobody else is reached
            facts = {"role": paired.role, "is_friend": is_friend}
            words = say("owner_staff", "paired", shop=paired.shop_name, **facts)
            return reply(OwnerTurn(turn, paired), words)
        case NotFound():
            return plain(turn, say("owner_staff", "unknown"))
        case Conflict():
            return plain(turn, say("owner_staff", REFUSED[paired.reason]))


def ask_part(turn: OwnerTurn) -> Reply:
    words = say("owner_staff", "part", shop=turn.seat.shop_name)
    return asking(turn, words, PART, button(turn, "owner_part"), button(turn, "owner_keep"))


def part(turn: OwnerTurn) -> Reply:
    part_chat(turn.tx, turn.staff_id, actor=turn.actor, at=turn.at)
    words = say("owner_staff", "parted", shop=turn.seat.shop_name)
    return Reply((Text(words),), usual(turn.turn.meeting))


def open_console(turn: OwnerTurn) -> Reply:
    """A button that lets in once, within five minutes, whoever has this chat in hand."""
    token = make_link(turn.tx, turn.staff_id, turn.at)
    is_owner = turn.seat.role is Role.OWNER
    link = Button(
        label=say("owner_buttons", "open_console" if is_owner else "open_counter"),
        action=Action.LINK,
        target=f"{turn.turn.public_url.rstrip('/')}/in/{token}",
    )
    card = TextCard(
        title=turn.seat.shop_name,
        description=say("owner_staff", "console", is_owner=is_owner),
        buttons=(link,),
    )
    return show(turn, (card,))
