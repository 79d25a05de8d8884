"""알림톡 템플릿: the texts to hand in, under which codes they were, and how they stand (D2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, read_form, whole_number
from console.keys import BOOKS, MANAGER, NOW, SETTINGS, Manager
from domain.alimtalk import TEXTS
from domain.campaigns import SenderName
from domain.people import ChannelId
from domain.refusals import Invalid, NotFound
from domain.ways import NoticeUse, TemplateState
from storage.desk import Tx
from storage.queries.notice_templates import TemplateRow, list_templates
from storage.queries.sanctions import ChannelStanding, list_channels_of
from subsidy.texting import INSPECTORS, HandedIn, note_template

PAGE = "/manager/templates"
USE_WORDS: Mapping[NoticeUse, str] = {
    NoticeUse.STAMP_SAVED: "도장 적립",
    NoticeUse.COUPON_EARNED: "쿠폰 적립",
    NoticeUse.COUPON_LAPSING: "쿠폰 기한",
    NoticeUse.CONSENT_RESULT: "수신 동의 처리 결과",
    NoticeUse.CONSENT_CONFIRM: "2년마다 수신 동의 확인",
    NoticeUse.ENQUIRY_ANSWERED: "문의 답변",
}
STATE_WORDS: Mapping[TemplateState, str] = {
    TemplateState.REQUESTED: "심사 중",
    TemplateState.APPROVED: "승인",
    TemplateState.REJECTED: "반려",
    TemplateState.DORMANT: "휴면",
}
PROVIDER_WORDS: Mapping[SenderName, str] = {
    SenderName.SOLAPI_ALIMTALK: "SOLAPI",
    SenderName.NHN_ALIMTALK: "NHN Cloud",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """Of the channels that a manager looks after; `channel` is the one that is shown."""

    channels: Sequence[ChannelStanding]
    channel: ChannelStanding | None
    of_use: Mapping[NoticeUse, Sequence[TemplateRow]]


async def show_templates(request: web.Request) -> web.Response:
    return await _show(request, Form({"channel": request.query.get("channel", "")}), {})


async def save(request: web.Request) -> web.Response:
    manager, form = request[MANAGER], await read_form(request)
    try:
        told = read_template(form)
        await request.app[BOOKS].write(
            note_template,
            manager.program_id,
            manager.market_id,
            told,
            actor=manager.actor,
            at=request.app[NOW](),
        )
    except Invalid as refusal:
        return await _show(request, form, refusal.fields)
    await say(request, "template_saved")
    return see_other(f"{PAGE}?channel={told.channel_id}#{told.use}")


def read_template(form: Form) -> HandedIn:
    """Raises Invalid beside the field, NotFound for what no page of ours asks."""
    channel_id = whole_number(form.text("channel"))
    if channel_id is None or form.text("use") not in set(NoticeUse):
        raise NotFound("channel")
    wrong = {}
    if form.text("sender") not in INSPECTORS:
        wrong["sender"] = "어느 업체의 것인지 골라 주세요."
    if form.text("state") not in set(TemplateState):
        wrong["state"] = "지금 어떤지 골라 주세요."
    if wrong:
        raise Invalid(wrong)
    return HandedIn(
        channel_id=ChannelId(channel_id),
        sender=SenderName(form.text("sender")),
        use=NoticeUse(form.text("use")),
        code=form.text("code"),
        body="\n".join(form.raw("body").strip().splitlines()),
        state=TemplateState(form.text("state")),
    )


def read_templates(tx: Tx, manager: Manager, wanted: str) -> Templates:
    """Raises NotFound(`channel`) for one that this manager does not look after."""
    scope = manager.program_id, manager.market_id
    channels = list_channels_of(tx, *scope)
    shown = [one for one in channels if not wanted or str(one.channel_id) == wanted]
    if wanted and not shown:
        raise NotFound("channel")
    channel = shown[0] if shown else None
    rows = list_templates(tx, *scope) if channel else []
    return Templates(
        channels=channels,
        channel=channel,
        of_use={
            use: [
                one
                for one in rows
                if channel and one.channel_id == channel.channel_id and one.use is use
            ]
            for use in NoticeUse
        },
    )


async def _show(request: web.Request, form: Form, wrong: Mapping[str, str]) -> web.Response:
    manager = request[MANAGER]
    senders = request.app[SETTINGS].senders
    return await show(
        request,
        "manager/templates.html",
        status=422 if wrong else 200,
        seen=await request.app[BOOKS].read(read_templates, manager, form.text("channel")),
        texts=TEXTS,
        use_words=USE_WORDS,
        state_words=STATE_WORDS,
        provider_words={one: PROVIDER_WORDS[one] for one in INSPECTORS if one in senders},
        form=form,
        wrong=wrong,
        manager=manager,
    )
