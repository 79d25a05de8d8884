"""Skill calls as the channel makes them, for the residents of the demo street."""

from collections.abc import Mapping, Sequence

import orjson

from dangol.street import HEADER_NAME, draw_residents, plan_channel
from domain.people import Friend, MarketId

RESIDENTS = 1_000


def skill_requests(utterance: str) -> Sequence[bytes]:
    """Whole HTTP requests, one a resident who is a friend of the channel (about 1.2 KB each)."""
    return [
        skill_request(resident.shop_index, resident.bot_user_key, utterance)
        for resident in draw_residents(RESIDENTS)
        if resident.friend is Friend.ADDED
    ]


def skill_request(
    shop_index: int, key: str, utterance: str, extra: Mapping[str, str] | None = None
) -> bytes:
    """One whole HTTP request: `extra` is what a pressed button carries."""
    channel = plan_channel(MarketId(1), shop_index)
    block = {"id": f"{channel.bot_id[:20]}fa11", "name": "폴백 블록"}
    properties = {
        "botUserKey": key,
        "plusfriendUserKey": key[:12],
        "bot_user_key": key,
        "plusfriend_user_key": key[:12],
        "isFriend": True,
    }
    body = orjson.dumps(
        {
            "intent": {**block, "extra": {"reason": {"code": 1, "message": "OK"}}},
            "userRequest": {
                "timezone": "Asia/Seoul",
                "params": {"surface": "Kakaotalk.plusfriend"},
                "block": block,
                "utterance": utterance,
                "lang": "ko",
                "user": {"id": key, "type": "botUserKey", "properties": properties},
            },
            "bot": {"id": channel.bot_id, "name": channel.name},
            "action": {
                "id": "65f0bb112233445566778899",
                "name": "dangol",
                "params": {},
                "detailParams": {},
                "clientExtra": extra,
            },
            "contexts": [],
            "flow": {"trigger": {"type": "TEXT_INPUT"}, "lastBlock": block},
        }
    )
    head = (
        "POST /kakao/skill HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"{HEADER_NAME}: {channel.secrets.header_secrets[0]}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
