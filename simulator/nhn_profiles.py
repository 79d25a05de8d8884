"""Channels at NHN as an account sees them, their 080 number and their fallback (B4, B6, B9)."""

from aiohttp import web

from simulator.nhn_account import NhnAccount, NhnSender
from simulator.nhn_brand import check_way_to_refuse
from simulator.nhn_lists import page
from simulator.nhn_sending import find_sender
from simulator.nhn_wire import NhnError, json_body
from simulator.wire import Json


async def senders(request: web.Request, account: NhnAccount) -> Json:
    query = request.query
    found = [
        one
        for one in account.senders.values()
        if query.get("plusFriendId") in (None, one.plus_friend_id)
        and query.get("senderKey") in (None, one.sender_key)
    ]
    return {
        "senders": [_alimtalk(one, account) for one in page(found, query)],
        "totalCount": len(found),
    }


async def sender(request: web.Request, account: NhnAccount) -> Json:
    return {"sender": _alimtalk(_known(request, account), account)}


async def brand_sender(request: web.Request, account: NhnAccount) -> Json:
    one = _known(request, account)
    return {
        "sender": {
            **_common(one),
            "unsubscribePhoneNumber": one.unsubscribe_no or None,
            "unsubscribeAuthNumber": one.unsubscribe_auth_no or None,
            "brandMessage": {
                **_resend(one, account),
                "resendUnsubscribeNo": one.resend_unsubscribe_no or None,
            },
            "marketingAgreement": one.has_marketing_agreement,
        }
    }


async def set_unsubscribe(request: web.Request, account: NhnAccount) -> Json:
    one, body = find_sender(account, request.match_info["sender_key"]), await json_body(request)
    if not body.get("unsubscribeNo"):
        raise NhnError(-3340)
    check_way_to_refuse(body)
    one.unsubscribe_no = str(body["unsubscribeNo"])
    one.unsubscribe_auth_no = str(body.get("unsubscribeAuthNo") or "")
    return {}


async def set_sms_appkey(request: web.Request, account: NhnAccount) -> Json:
    body = await json_body(request)
    if not body.get("resendAppKey"):
        raise NhnError(-2001, "The 'resendAppKey' must not be blank.")
    account.sms_appkey = str(body["resendAppKey"])
    return {}


async def set_fallback(request: web.Request, account: NhnAccount) -> Json:
    """Spelt *failback* at NHN. Both numbers must be registered at the SMS service (-1003, -1019)."""
    body = await json_body(request)
    one = find_sender(account, body.get("senderKey"))
    number, refuse_no = body.get("resendSendNo"), body.get("resendUnsubscribeNo")
    if number and number not in account.sms_numbers:
        raise NhnError(-1003)
    if refuse_no and refuse_no not in account.sms_unsubscribe_nos:
        raise NhnError(-1019)
    one.is_resend = body.get("isResend") is True
    one.resend_send_no = str(number or one.resend_send_no)
    one.resend_unsubscribe_no = str(refuse_no or one.resend_unsubscribe_no)
    return {}


async def ask_marketing(request: web.Request, account: NhnAccount) -> Json:
    """M and N want 50,000 friends and more (D4), so it is never granted by asking."""
    find_sender(account, request.match_info["sender_key"])
    raise NhnError(-3343, "The conditions for M/N are not met.")


def _known(request: web.Request, account: NhnAccount) -> NhnSender:
    one = account.senders.get(request.match_info["sender_key"])
    if one is None:
        raise NhnError(-2017)
    return one


def _common(one: NhnSender) -> Json:
    return {
        "plusFriendId": one.plus_friend_id,
        "senderKey": one.sender_key,
        "categoryCode": None,
        "status": "YSC03",
        "statusName": "정상 등록",
        "kakaoStatus": "S" if one.is_blocked else "A",
        "kakaoStatusName": "차단" if one.is_blocked else "정상",
        "kakaoProfileStatus": "A",
        "kakaoProfileStatusName": "활성화",
        "profileSpamLevel": "정상",
        "profileMessageSpamLevel": "정상",
        "dormant": False,
        "block": one.is_blocked,
        "createDate": None,
        "initialUserRestriction": one.is_new,
    }


def _resend(one: NhnSender, account: NhnAccount) -> Json:
    return {
        "resendAppKey": account.sms_appkey or None,
        "isResend": one.is_resend,
        "resendSendNo": one.resend_send_no or None,
    }


def _alimtalk(one: NhnSender, account: NhnAccount) -> Json:
    """A daily number of 0 means no limit."""
    daily = {"dailyMaxCount": 0, "sentCount": 0}
    return {**_common(one), "alimtalk": {**_resend(one, account), **daily}}
