"""Whether an answer of a skill may be shown: the envelope of kakao-chatbot.md section 2."""

from collections.abc import Callable, Iterator

from simulator.cards import CARD_CHECKS, button_problems, is_text, text_problems
from simulator.values import Bot
from simulator.wire import Json

VERSION = "2.0"
OUTPUTS_MAX = 3
QUICK_REPLIES_MAX = 10
CAROUSEL_ITEMS_MAX = 10
CAROUSEL_LIST_CARDS_MAX = 5
CAROUSEL_TYPES = ("basicCard", "commerceCard", "listCard", "itemCard", "textCard")
HEADERLESS = ("textCard", "listCard")
# 2.7: in a carousel used by all cards or by none.
ALL_OR_NONE = ("thumbnail", "head", "profile", "imageTitle")
# 4.3: what may advertise through the Event API.
AD_CARDS = ("commerceCard", "basicCard", "listCard", "carousel")

KnowsBlock = Callable[[str], bool]


class BadReplyError(Exception):
    """The skill's answer breaks a rule of section 2, so nothing of it is shown."""


def checked_outputs(reply: object, bot: Bot) -> list[Json]:
    """The bubbles to show; an empty list is only returned when the skill sent an empty list."""
    try:
        return _checked_outputs(reply, bot)
    except (AttributeError, TypeError, KeyError) as error:  # a list where an object belongs
        raise BadReplyError(f"형식이 맞지 않음: {error}") from error


def _checked_outputs(reply: object, bot: Bot) -> list[Json]:
    if not isinstance(reply, dict) or reply.get("version") != VERSION:
        raise BadReplyError("version 2.0이 아닌 응답")  # read as the old v1 format: rule 1
    _raise_first(_context_problems(reply))
    template = reply.get("template")
    if not isinstance(template, dict):
        raise BadReplyError("template 없음")
    outputs = template.get("outputs")
    if not isinstance(outputs, list):
        raise BadReplyError("template.outputs가 배열이 아님")
    if len(outputs) > OUTPUTS_MAX:
        raise BadReplyError(f"outputs {len(outputs)}개 (최대 {OUTPUTS_MAX})")
    for output in outputs:
        _raise_first(_output_problems(output, bot.has_block))
    _raise_first(_quick_reply_problems(template.get("quickReplies"), bot.has_block))
    return outputs


def quick_replies(reply: Json) -> list[Json]:
    return list(reply.get("template", {}).get("quickReplies") or [])


def context_values(reply: Json) -> list[Json]:
    return list((reply.get("context") or {}).get("values") or [])


def ad_problem(outputs: list[Json]) -> str | None:
    """4.3: exactly one bubble; commerce, basic or list card, a carousel only with a header."""
    if len(outputs) != 1:
        return "광고는 말풍선 하나여야 함"
    (kind,) = outputs[0]
    if kind not in AD_CARDS:
        return f"광고에 적합하지 않은 말풍선 {kind}"
    if kind == "carousel" and not outputs[0]["carousel"].get("header"):
        return "광고 케로셀에 header 없음"
    return None


def _raise_first(problems: Iterator[str]) -> None:
    problem = next(problems, None)
    if problem is not None:
        raise BadReplyError(problem)


def _output_problems(output: object, knows: KnowsBlock) -> Iterator[str]:
    if not isinstance(output, dict) or len(output) != 1:
        yield "output에는 컴포넌트가 정확히 하나여야 함"
        return
    ((kind, card),) = output.items()
    if not isinstance(card, dict):
        yield f"{kind}가 객체가 아님"
    elif kind == "carousel":
        yield from _carousel_problems(card, knows)
    elif kind in CARD_CHECKS:
        yield from CARD_CHECKS[kind](card, knows, in_carousel=False)
    else:
        yield f"모르는 컴포넌트 {kind}"


def _carousel_problems(carousel: Json, knows: KnowsBlock) -> Iterator[str]:
    kind, items = carousel.get("type"), carousel.get("items")
    if kind not in CAROUSEL_TYPES:
        yield f"carousel.type {kind}"
        return
    items_max = CAROUSEL_LIST_CARDS_MAX if kind == "listCard" else CAROUSEL_ITEMS_MAX
    if not isinstance(items, list) or not 1 <= len(items) <= items_max:
        yield f"carousel.items 1..{items_max}"
        return
    for item in items:
        if not isinstance(item, dict):
            yield "carousel.items에 객체가 아닌 것"
            return
        yield from CARD_CHECKS[kind](item, knows, in_carousel=True)
    yield from _header_problems(kind, carousel.get("header"))
    yield from _evenness_problems(kind, items)


def _header_problems(kind: str, header: object) -> Iterator[str]:
    if header is None:
        return
    if kind in HEADERLESS:
        yield f"{kind} carousel에는 header를 쓸 수 없음"
    elif not isinstance(header, dict) or not (header.get("thumbnail") or {}).get("imageUrl"):
        yield "carousel.header에 thumbnail 없음"
    else:
        yield from text_problems(header, "title", None, is_required=True)
        yield from text_problems(header, "description", None, is_required=True)


def _evenness_problems(kind: str, items: list[Json]) -> Iterator[str]:
    for name in ALL_OR_NONE if kind == "itemCard" else ():
        if len({name in item for item in items}) > 1:
            yield f"carousel의 일부 카드에만 {name}"
    ratios = {bool(item["thumbnail"].get("fixedRatio")) for item in items if item.get("thumbnail")}
    if len(ratios) > 1:
        yield "carousel 안의 이미지 비율이 다름"


def _quick_reply_problems(replies: object, knows: KnowsBlock) -> Iterator[str]:
    if replies is None:
        return
    if not isinstance(replies, list) or len(replies) > QUICK_REPLIES_MAX:
        yield f"quickReplies 최대 {QUICK_REPLIES_MAX}"
        return
    for reply in replies:
        if not isinstance(reply, dict) or reply.get("action") not in ("message", "block"):
            yield "quickReply.action은 message 또는 block"
            return
        yield from button_problems(reply, knows, label_max=None)


def _context_problems(reply: Json) -> Iterator[str]:
    context = reply.get("context")
    if context is None:
        return
    values = context.get("values") if isinstance(context, dict) else None
    if not isinstance(values, list):
        yield "context.values가 배열이 아님"
        return
    for value in values:
        if not isinstance(value, dict) or not is_text(value.get("name")):
            yield "context.values[].name 없음"
        elif not isinstance(value.get("lifeSpan"), int):
            yield "context.values[].lifeSpan 없음"
        elif not all(isinstance(v, str) for v in (value.get("params") or {}).values()):
            yield "context.values[].params는 문자열만"
