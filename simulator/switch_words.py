"""What each switch means, by party; every field of Settings but the world's own address."""

from collections.abc import Mapping

OTHER = "그 밖"
FIXED = {"public_url"}
"""Turned while running, nobody would find the world again."""

SWITCHES: Mapping[str, Mapping[str, str]] = {
    "카카오톡": {
        "skill_timeout_seconds": "스킬 서버의 대답을 기다리는 시간 (초)",
        "event_concurrency_max": "먼저 말 걸기(Event API)를 한꺼번에 몇 명까지 진행하나",
        "empty_outputs": "스킬이 빈 대답(outputs: [])을 보내면: fail 실패로, silent 조용히 넘어감",
        "strict_ads": "(광고)로 시작하는 말 걸기가 광고 말풍선의 규칙에 맞는지 따진다",
        "null_client_extra": "손님이 입력한 말의 clientExtra를 {} 대신 null로 보낸다",
    },
    "솔라피": {
        "remember_signature": "서명을 ‘쓴 것’으로 치는 때: before 처리하기 전, after 처리한 뒤",
        "deliver_delay_seconds": "발송을 받고 휴대폰에 닿기까지 (초)",
        "list_delay_seconds": "보낸 메시지가 목록에 나타나기까지 (초)",
        "cancel_schedule_to": "예약을 취소한 묶음의 상태: PENDING 다시 대기, FAILED 실패",
        "refund_failures": "실패한 메시지의 요금을 돌려준다",
        "brand_fallback": "브랜드 메시지가 실패하면 문자로 대신 보낸다",
        "brand_hours": "브랜드 메시지를 08:00~20:50에만 보낸다",
    },
    "NHN 클라우드": {
        "nhn_unknown_fields": "문서에 없는 항목이 오면: refuse 거절, ignore 못 본 척",
        "nhn_refusal_status": "거절할 때의 HTTP 상태 코드",
        "nhn_key_kept": "같은 요청 열쇠를 막는 때: always 언제나, accepted 받아들인 요청만",
        "nhn_key_scope": "요청 열쇠를 가르는 범위: appkey 앱마다, all 모두 함께",
        "nhn_brand_key": "브랜드 메시지에도 요청 열쇠를 쓴다",
        "nhn_reserve_days_max": "며칠 뒤까지 예약할 수 있나 (일)",
        "nhn_tells_all_refused": "모두 거절되었을 때도 대답에 message를 담는다",
        "nhn_pending": "아직 처리 중인 메시지를 물으면: null 빈 결과로, hidden 없는 것으로",
        "nhn_list_delay_seconds": "보낸 메시지가 조회되기까지 (초)",
        "nhn_unconfirmed_status": "보냈지만 확인되지 않은(3005) 메시지의 상태",
        "nhn_confirm_after_hours": "확인되지 않은 메시지가 확인되기까지 (시간)",
        "nhn_targeting_missing": "브랜드 메시지에 targeting이 없으면: I 친구에게로 봄, refuse 거절",
        "nhn_not_friend": "채널 친구가 아닌 사람의 결과 코드",
        "nhn_brand_day_max": "한 사람이 한 채널에서 하루에 받는 브랜드 메시지 (0은 제한 없음)",
        "nhn_dates": "날짜를 적는 모양: 초까지, 분까지, 날짜만, 0.1초까지",
        "nhn_hook_attempts": "결과 알림을 몇 번까지 다시 보내나",
        "nhn_template_event": "템플릿이 바뀔 때 보내는 알림의 이름",
    },
    "발송 결과 알림": {
        "report_form": "알림의 모양: flat 한 겹, nested 두 겹",
        "report_batch_max": "알림 하나에 담는 메시지 수",
        "reports_at_once_max": "알림을 한꺼번에 몇 개까지 보내나 (켤 때 정해져요)",
        "report_delay_seconds": "결과가 나오고 알리기까지 (초)",
        "report_retry_seconds": "받지 못한 알림을 다시 보내기까지 (초)",
        "report_duplicate": "모든 알림을 두 번씩 보낸다",
        "report_shuffle": "알림 안의 차례를 섞는다",
    },
}
