"""Every field a send to NHN may carry, by its place (providers.md B2, B4); no other is known."""

from collections.abc import Mapping

from simulator.nhn_wire import NhnError
from simulator.wire import Json

# Names with what lies below them, if anything with names does; a list is judged item by item.
# What lies below ANYTHING has names of somebody's own choosing.
ANYTHING: Mapping[str, object] = {}


def _names(text: str, **below: Mapping[str, object]) -> Mapping[str, object]:
    return {**dict.fromkeys(text.split()), **below}


LINKS = "linkMo linkPc schemeAndroid schemeIos"
COMMON = "senderKey requestDate senderGroupingKey createUser statsId"
RESEND = "isResend resendType resendTitle resendContent resendSendNo"
PERSON = "recipientNo recipientGroupingKey"

# AlimTalk
_OPTION = _names("price currencyType")
_TITLED = _names("title description")
_BUTTON = _names(
    f"ordering type name {LINKS} chatExtra chatEvent bizFormId pluginId relayId oneClickId "
    "productId target telNumber"
)
_REPLY = _names(f"ordering type name {LINKS} chatExtra chatEvent bizFormId target")
_MORE = _names("ordering chatExtra chatEvent relayId oneClickId productId target telNumber")
ALIMTALK = _names(
    f"{COMMON} templateCode",
    messageOption=_OPTION,
    recipientList=_names(
        PERSON,
        templateParameter=ANYTHING,
        resendParameter=_names(RESEND),
        buttons=_MORE,
        quickReplies=_names("ordering chatExtra chatEvent target"),
    ),
)
FINISHED = _names(
    f"{COMMON} templateCode",
    messageOption=_OPTION,
    recipientList=_names(
        f"{PERSON} content templateTitle templateHeader",
        templateItem={"list": _TITLED, "summary": _TITLED},
        templateItemHighlight=_names("title description imageUrl"),
        templateRepresentLink=_names(LINKS),
        buttons=_BUTTON,
        quickReplies=_REPLY,
        resendParameter=_names(RESEND),
    ),
)

# Brand
_BRAND = f"{COMMON} pushAlarm unsubscribeNo unsubscribeAuthNo resellerCode"
_REFUSE = "unsubscribeNo unsubscribeAuthNo"
_BRAND_RESEND = _names(f"{RESEND} resendUnsubscribeNo")
_BRAND_BUTTON = _names(f"name type {LINKS} chatExtra chatEvent bizFormKey")
_COUPON = _names(f"title description {LINKS}")
_PRICE = _names("title regularPrice discountPrice discountRate discountFixed")
_CARD = _names(
    "header message additionalContent imageUrl imageLink",
    commerce=_PRICE,
    buttons=_BRAND_BUTTON,
    coupon=_COUPON,
)
CONTENT = _names(
    "chatBubbleType adult content header additionalContent",
    image=_names("imageUrl imageLink"),
    item={"list": _names(f"title imageUrl {LINKS}")},
    commerce=_PRICE,
    video=_names("videoUrl thumbnailUrl"),
    carousel={
        "head": _names(f"header content imageUrl {LINKS}"),
        "list": _CARD,
        "tail": _names(LINKS),
    },
    buttons=_BRAND_BUTTON,
    coupon=_COUPON,
)
FREE = {
    **_names(_BRAND),
    **CONTENT,
    "recipientList": _names(f"{PERSON} targeting {_REFUSE}", resendParameter=_BRAND_RESEND),
}
BASIC = _names(
    f"{_BRAND} templateCode",
    recipientList=_names(
        f"{PERSON} targeting {_REFUSE}",
        templateParameter=ANYTHING,
        imageParameters=_names("imageUrl imageLink"),
        videoParameter=_names("videoUrl thumbnailUrl"),
        resendParameter=_BRAND_RESEND,
    ),
)
BRAND_TEMPLATE = {**_names("templateName"), **CONTENT}


def check_fields(body: Json, known: Mapping[str, object], path: str = "") -> None:
    """Raises -3002 with the place of the first field that stands in no document."""
    for name, value in body.items():
        place = f"{path}.{name}" if path else name
        if name not in known:
            raise NhnError(-3002, f"Field is not valid: {place}")
        below = known[name]
        if not below or not isinstance(below, Mapping):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                check_fields(one, below, place)
