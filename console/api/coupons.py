"""Coupons at a till: looked at by their code, then redeemed, released or reversed by number."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from console.api.bodies import Coupon, NewRedemption, Redemption, Use
from console.api.operations import Answer, Call, Operation
from domain.coupons import CouponAct
from loyalty.till_coupons import (
    Payment,
    Redeeming,
    RedemptionState,
    follow_at_till,
    look_at_coupon,
    read_redemption,
    redeem_at_till,
)
from storage.queries.coupons import CouponView


async def show_coupon(call: Call[None]) -> Answer:
    digits = call.request.match_info["code"]
    coupon = await call.write_counted(
        lambda tx: look_at_coupon(tx, call.till.shop_id, digits, call.at)
    )
    return Answer(coupon_of(coupon))


async def redeem(call: Call[NewRedemption]) -> Answer:
    said = call.body
    payment = Payment(code=said.code, spend_won=said.spend_won, is_open=said.is_open)
    asked = call.asked(said)
    redeeming, is_repeated = await call.write_counted(
        lambda tx: redeem_at_till(tx, call.till, asked, payment, call.at)
    )
    status = HTTPStatus.OK if is_repeated else HTTPStatus.CREATED
    return Answer(redemption_of(redeeming), status, is_repeated)


async def show_redemption(call: Call[None]) -> Answer:
    redeeming = await call.books.read(read_redemption, call.till.shop_id, call.id, call.at)
    return Answer(redemption_of(redeeming))


async def use(call: Call[Use]) -> Answer:
    return await _follow(call, CouponAct.USE, call.body.spend_won)


def following(act: CouponAct) -> Callable[[Call[None]], Awaitable[Answer]]:
    async def follow(call: Call[None]) -> Answer:
        return await _follow(call, act, None)

    return follow


async def _follow(call: Call[Use] | Call[None], act: CouponAct, spend_won: int | None) -> Answer:
    redeeming, is_repeated = await call.books.write(
        follow_at_till, call.till, call.id, act, spend_won, call.at
    )
    return Answer(redemption_of(redeeming), is_replayed=is_repeated)


def coupon_of(coupon: CouponView) -> Coupon:
    terms = coupon.terms
    return Coupon(
        id=coupon.coupon_id,
        title=terms.title,
        kind=terms.kind,
        value=terms.value,
        item=terms.item,
        buy=terms.buy,
        min_spend_won=terms.min_spend_won,
        weekdays=sorted(terms.weekdays),
        opens=f"{terms.hours.opens:%H:%M}" if terms.hours else None,
        closes=f"{terms.hours.closes:%H:%M}" if terms.hours else None,
        can_stack=terms.can_stack,
        state=coupon.state,
        is_owed=coupon.owed_at is not None,
        expires_at=coupon.expires_at,
    )


def redemption_of(redeeming: Redeeming) -> Redemption:
    is_held = redeeming.state is RedemptionState.HELD
    return Redemption(
        id=redeeming.number,
        state=redeeming.state,
        coupon=coupon_of(redeeming.coupon),
        spend_won=redeeming.spend_won,
        discount_won=redeeming.discount_won,
        began_at=redeeming.began_at,
        held_until=redeeming.coupon.held_until if is_held else None,
    )


COUPON_OPERATIONS = (
    Operation(
        name="showCoupon",
        method="GET",
        path="/coupons/{code}",
        summary="손님이 보여 준 번호의 쿠폰을 봐요. 쓰지는 않아요",
        work=show_coupon,
        body=type(None),
        answer=Coupon,
        answers={200: "이 쿠폰이에요."},
        refusals=(404, 409),
    ),
    Operation(
        name="redeem",
        method="POST",
        path="/redemptions",
        summary="쿠폰을 쓰거나, 결제가 끝날 때까지 잡아 둬요",
        work=redeem,
        body=NewRedemption,
        answer=Redemption,
        answers={
            201: "썼어요. is_open이면 잡아 두었어요.",
            200: "되풀이한 요청: 앞서 한 것 그대로예요.",
        },
        refusals=(404, 409),
        has_key=True,
    ),
    Operation(
        name="showRedemption",
        method="GET",
        path="/redemptions/{id}",
        summary="쿠폰 사용이 어떻게 되었는지 봐요",
        work=show_redemption,
        body=type(None),
        answer=Redemption,
        answers={200: "지금 모습이에요."},
        refusals=(404,),
    ),
    Operation(
        name="useRedemption",
        method="POST",
        path="/redemptions/{id}/use",
        summary="잡아 둔 쿠폰을 써요. 되풀이해도 한 번이에요",
        work=use,
        body=Use,
        answer=Redemption,
        answers={200: "썼어요."},
        refusals=(404, 409),
    ),
    Operation(
        name="releaseRedemption",
        method="POST",
        path="/redemptions/{id}/release",
        summary="잡아 둔 쿠폰을 놓아줘요. 되풀이해도 한 번이에요",
        work=following(CouponAct.RELEASE),
        body=type(None),
        answer=Redemption,
        answers={200: "놓아줬어요."},
        refusals=(404, 409),
    ),
    Operation(
        name="reverseRedemption",
        method="POST",
        path="/redemptions/{id}/reverse",
        summary="쓴 쿠폰을 되돌려요. 되풀이해도 한 번이에요",
        work=following(CouponAct.REVERSE),
        body=type(None),
        answer=Redemption,
        answers={200: "되돌렸어요. 기한 안이면 다시 쓸 수 있어요."},
        refusals=(404, 409),
    ),
)
