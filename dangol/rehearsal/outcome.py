"""What a life came to, as plain values for JSON, and as a few lines for people."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from campaigns.results import list_campaigns
from dangol.rehearsal.life import Lived
from dangol.rehearsal.people import WOKEN
from dangol.rehearsal.scene import Scene
from dangol.rehearsal.values import Part, Place
from domain.campaigns import MessageKind
from domain.money import JEON_PER_WON
from domain.people import ProgramId
from storage.desk import Tx
from subsidy.money import program_money

Outcome = Mapping[str, Any]
CAMPAIGNS_MAX = 1_000


async def outcome_of(lived: Lived, seconds: float) -> Outcome:
    scene, verdict = lived.scene, lived.verdict
    options, facts = scene.options, verdict.facts
    assert scene.quarter is not None
    return {
        "seed": options.seed,
        "shops": options.shops,
        "days": options.days,
        "faults": options.level.value,
        "is_good": verdict.is_good,
        "people": len(scene.people),
        "did": dict(sorted(scene.diary.did.items())),
        "campaigns": _counted(str(one.state) for one in facts.ends if one.kind in ADS),
        "notices": sum(one.kind not in ADS for one in facts.ends),
        "messages": _counted(str(one.state) for one in facts.entries),
        "handsets": len(scene.world.handset),
        "won": await scene.books.read(_won, scene.quarter.program_id),
        "injected": dict(sorted(scene.luck.happened.items())),
        "restarts": scene.restarts,
        "waiting": verdict.waiting,
        "invariants": {name: not found for name, found in verdict.broken.items()},
        "violations": {name: found for name, found in verdict.broken.items() if found},
        "problems": verdict.problems,
        "nudge": await _nudge(scene),
        "seconds": round(seconds, 2),
    }


ADS = (MessageKind.ADVERTISEMENT,)


def _counted(names: Any) -> Mapping[str, int]:
    return dict(sorted(Counter(names).items()))


def _won(tx: Tx, program_id: ProgramId) -> Mapping[str, float]:
    money = program_money(tx, program_id)
    jeon = {
        "granted": money.granted_jeon,
        "spent": money.spent_jeon,
        "own_spent": money.own_spent_jeon,
        "told": money.told_jeon,
        "held": money.held_jeon,
        "lapsed": money.lapsed_jeon,
        "called_back": money.elsewhere_jeon,
    }
    return {name: amount / JEON_PER_WON for name, amount in jeon.items()}


async def _nudge(scene: Scene) -> Outcome | None:
    """The shop that takes its weekly idea beside its twin that gets none."""
    parts = {place.part: place for place in reversed(scene.places)}
    if not {Part.NUDGED, Part.ALONE} <= set(parts):
        return None
    return {
        "nudged": await scene.books.read(_shop, scene, parts[Part.NUDGED]),
        "alone": await scene.books.read(_shop, scene, parts[Part.ALONE]),
        "assumed": f"a message makes a visit {WOKEN:.0%} likelier on each of seven days",
    }


def _shop(tx: Tx, scene: Scene, place: Place) -> Outcome:
    sent = [one for one in list_campaigns(tx, place.shop_id, CAMPAIGNS_MAX) if one.delivered]
    return {
        "weeks_sent": len({one.due_at.isocalendar()[:2] for one in sent}),
        "delivered": sum(one.delivered for one in sent),
        "visits": scene.diary.shop_did[place.index, "visits"],
        "spent_won": sum(one.spent_jeon for one in sent) / JEON_PER_WON,
    }


def tell(outcome: Outcome) -> str:
    """Korean, one screen."""
    return "\n".join([*_tell_life(outcome), *_tell_end(outcome)]) + "\n"


def _tell_life(outcome: Outcome) -> list[str]:
    did, messages, won = outcome["did"], outcome["messages"], outcome["won"]
    not_sent = messages.get("refused", 0) + messages.get("canceled", 0)
    counts = {
        "받은 메시지": messages.get("delivered", 0),
        "못 받음": messages.get("failed", 0),
        "보내지 않음": not_sent,
        "모름": messages.get("unknown", 0),
    }
    people = {
        "단골": outcome["people"],
        "거부": did.get("refused", 0),
        "차단": did.get("blocked", 0),
    }
    money = {"쓴 지원금": won["spent"], "가게 돈": won["own_spent"], "묶인 돈": won["held"]}
    return [
        f"{outcome['days']}일을 {outcome['seconds']:.0f}초에 살았어요. 씨앗 {outcome['seed']}",
        " · ".join(f"{name} {count:,}명" for name, count in people.items()),
        " · ".join(f"{name} {count:,}통" for name, count in counts.items()),
        " · ".join(f"{name} {amount:,.1f}원" for name, amount in money.items()),
        f"일부러 낸 고장 {sum(outcome['injected'].values()):,}번, 다시 시작 {outcome['restarts']}번",
        *_tell_nudge(outcome["nudge"]),
    ]


def _tell_end(outcome: Outcome) -> list[str]:
    kept = outcome["invariants"].items()
    return [
        f"사람을 기다리는 소식 {len(outcome['waiting'])}건",
        " ".join(f"{name} {'지킴' if is_kept else '깨짐'}" for name, is_kept in kept),
        *(f"  {name}: {one}" for name, found in outcome["violations"].items() for one in found),
        *(f"  {words}" for words in outcome["problems"]),
    ]


def _tell_nudge(nudge: Outcome | None) -> list[str]:
    if nudge is None:
        return []
    names = {"nudged": "주마다 제안을 받은 가게", "alone": "제안이 없던 쌍둥이 가게"}
    return [
        f"{words}: {nudge[key]['weeks_sent']}주 보냄 · 방문 {nudge[key]['visits']:,}번"
        f" · {nudge[key]['spent_won']:,.1f}원"
        for key, words in names.items()
    ] + [f"  (메시지를 받은 손님이 이레 동안 하루 {WOKEN:.0%}씩 더 온다고 보았어요)"]
