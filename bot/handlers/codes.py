"""Numbers that a customer shows at the counter."""

from datetime import datetime, timedelta
from math import ceil

from bot.turns import Turn, Wish
from bot.words import say
from domain.bubbles import Action, Bubble, Button, TextCard
from domain.refusals import Conflict
from loyalty.codes import ShownCode, issue_customer_code, issue_visit_codes
from loyalty.links import coupon_token
from storage.queries.coupons import CouponView

MINUTE = timedelta(minutes=1)


def visit_code(turn: Turn) -> Bubble:
    """Good in every shop of the channel."""
    code = turn.find(*code_wish(turn))
    if code is None:
        raise Conflict("codes_busy")
    words = say("stamps", "code", minutes=_minutes(code, turn.at))
    return TextCard(title=_spaced(code.digits), description=words)


def code_wish(turn: Turn) -> Wish:
    return issue_visit_codes, (turn.channel_id, turn.customer_id)


def coupon_code(turn: Turn, coupon: CouponView) -> Bubble:
    """The number, and the page that shows the same coupon large."""
    of = coupon.shop_id, coupon.coupon_id
    code = issue_customer_code(turn.tx, turn.channel_id, turn.customer_id, turn.at, coupon=of)
    words = say(
        "coupons",
        "code",
        shop=turn.meeting.shop(coupon.shop_id).name,
        minutes=_minutes(code, turn.at),
        title=coupon.terms.title,
    )
    page = f"{turn.public_url}/c/{coupon_token(turn.tx, *of, turn.at)}"
    button = Button(label=say("buttons", "open_coupon"), action=Action.LINK, target=page)
    return TextCard(title=_spaced(code.digits), description=words, buttons=(button,))


def _spaced(digits: str) -> str:
    """48 21: read aloud in pairs."""
    return " ".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def _minutes(code: ShownCode, at: datetime) -> int:
    return ceil((code.expires_at - at) / MINUTE)
