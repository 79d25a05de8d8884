"""L16: goods that a law forbids to sell or to praise like this; those a neighbourhood meets.

A short list, and each with its law: it stops the mistake of a moment, not somebody who tries.
The reference page (programme-and-law.md) names L16 only. Which statutes and articles stand behind
it here is our own reading: they were not looked up, and somebody who knows the law should.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

GIFT: Final = r"(?:무료|공짜|증정|서비스|덤|1\+1|그냥|드려요|드립니다|드릴게요|드려)"
DRINK: Final = (
    r"(?:소주|맥주|생맥주|막걸리|와인|위스키|하이볼|사케|양주|(?<![가-힣])술)"
    r"(?![ ]?(?:안주|숙성|잔|효모|효소|빵|맛(?!있)))"  # what goes with it, or is made with it
)
NEAR: Final = r"[^.,!?\n]{0,10}"
FAR: Final = r"(?:택배|배송|온라인|인터넷|통신\s?판매)"
ILLNESS: Final = r"(?:암|당뇨|혈압|고혈압|치매|관절염|아토피|비염|감기|독감|코로나|중풍|우울증)"


class Forbidden(NamedTuple):
    """`sentence` says the law and what to do instead; advice stops nobody."""

    name: str
    pattern: re.Pattern[str]
    sentence: str
    is_advice: bool = False


FORBIDDEN: Final[Sequence[Forbidden]] = (
    Forbidden(
        "tobacco",  # 국민건강증진법 9조의4: only inside the shop and in few magazines
        re.compile(
            r"전자\s?담배|액상\s?담배|합성\s?니코틴|니코틴\s?(?:액상|용액)|궐련"
            r"|담배(?!\s?(?:가게|연기|냄새|꽁초|없|는 밖|를? 피우|피우|금지))"
        ),
        "담배와 전자담배는 메시지로 광고할 수 없어요(국민건강증진법). 다른 소식으로 바꿔 주세요.",
    ),
    Forbidden(
        "liquor_far",  # 주세법에 딸린 통신판매 고시: face to face, traditional liquor excepted
        re.compile(rf"\A(?s:(?!.*전통주).*?)(?:{DRINK}{NEAR}{FAR}|{FAR}{NEAR}{DRINK})"),
        "술은 택배나 온라인으로 팔 수 없어요(주세법). 가게에 오셔서 사시도록 적어 주세요.",
    ),
    Forbidden(
        "liquor_gift",  # 국민건강증진법 8조의2: no gifts that sell liquor
        re.compile(
            rf"{DRINK}[ ]?(?:한|두|세|\d+)?[ ]?(?:병|잔|캔)?[ ]?(?:을|를|도|은|는|이)?[ ]?{GIFT}"
            rf"|{GIFT}[ ]?{DRINK}"
        ),
        "술을 덤으로 준다는 광고는 할 수 없어요(국민건강증진법). 안주나 음료로 바꿔 적어 주세요.",
    ),
    Forbidden(
        "medicine",  # 약사법 44조, 50조, 68조
        re.compile(
            r"전문\s?의약품|처방\s?약|비아그라|시알리스|발기\s?부전|수면제|졸피뎀|낙태약"
            r"|다이어트\s?약|식욕\s?억제제|위고비|마운자로|삭센다|스테로이드"
        ),
        "약은 약국에서만 팔 수 있고 처방약은 광고할 수 없어요(약사법). 그 말을 빼 주세요.",
    ),
    Forbidden(
        "medical_act",  # 의료법 27조, 56조
        re.compile(
            r"보톡스|필러\s?(?:시술|주사)|쌍꺼풀\s?(?:시술|수술)|(?<![가-힣])점\s?(?:제거|빼\s?(?:드|준|는|러))"
        ),
        "병원이 아닌 가게는 의료 시술을 광고할 수 없어요(의료법). 그 말을 빼 주세요.",
    ),
    Forbidden(
        "cure",  # 식품 등의 표시·광고에 관한 법률 8조 1항 1호
        re.compile(
            rf"(?<![가-힣]){ILLNESS}(?:에|을|를|이|도|의)?\s?(?:도\s?)?"
            r"(?:특효|효과|효능|좋|예방|치료|완치|낫|없애)"
            # 감기 이겨 내세요 alone is a greeting
            rf"|(?:차|즙|청|탕|죽)(?:로|으로)\s?{ILLNESS}(?:을|를|도)?\s?이겨"
        ),
        "음식이 병을 낫게 하거나 막아 준다고 쓸 수 없어요(식품표시광고법). 맛이나 재료로 적어 주세요.",
    ),
    Forbidden(
        "out_of_date",  # 식품 등의 표시·광고에 관한 법률 4조, 식품위생법 44조
        re.compile(r"(?:유통|소비)\s?기한(?:이|을)?\s?(?:지난|지났|넘은|넘긴)"),
        "기한이 지난 음식은 팔 수 없어요(식품위생법). 기한이 남은 것만 알려 주세요.",
    ),
    Forbidden(
        "gambling",  # 형법 246조, 247조, 국민체육진흥법 26조
        re.compile(r"바카라|카지노|사설\s?토토|스포츠\s?토토|홀덤|도박|릴\s?게임|슬롯\s?머신"),
        "도박은 광고할 수 없어요(형법, 국민체육진흥법). 이 소식은 보내지 않아요.",
    ),
    Forbidden(
        "drugs",  # 마약류 관리에 관한 법률 3조
        re.compile(r"대마초|필로폰|엑스터시|케타민|떨액|대마\s?(?:쿠키|젤리)"),
        "마약류는 팔거나 광고할 수 없어요(마약류관리법). 이 소식은 보내지 않아요.",
    ),
    Forbidden(
        "fake",  # 상표법 108조, 230조
        re.compile(r"짝퉁|이미테이션|레플리카|미러급|정품급|(?:명품|SA)급\s?(?:가방|지갑|시계)"),
        "다른 상표를 흉내 낸 물건은 팔 수 없어요(상표법). 이 소식은 보내지 않아요.",
    ),
    Forbidden(
        "gift_certificates",  # 전통시장 및 상점가 육성을 위한 특별법 26조의5
        re.compile(
            r"(?:상품권|온누리)\S{0,3}\s?(?:을|를|은|는)?\s?(?:현금으로|현금화|깡|환전|매입)"
            r"|카드\s?깡|소액\s?결제\s?현금"
        ),
        "상품권이나 카드를 현금으로 바꿔 준다고 쓸 수 없어요. 상품권을 받는다고만 적어 주세요.",
    ),
    Forbidden(
        "sex",  # 성매매처벌법 4조, 20조
        re.compile(r"출장\s?안마|조건\s?만남|성매매|유흥\s?도우미"),
        "이런 내용은 광고할 수 없어요(성매매처벌법). 이 소식은 보내지 않아요.",
    ),
    Forbidden(
        "drug_names",  # 식품 등의 표시·광고에 관한 법률 8조의2 asks for it, it does not forbid
        re.compile(r"마약\s?(?:김밥|떡볶이|옥수수|빵|치킨|계란|핫도그|토스트|커피)"),
        "음식 이름에 ‘마약’은 쓰지 않도록 나라에서 권하고 있어요. ‘꼬마김밥’처럼 바꾸면 좋아요.",
        is_advice=True,
    ),
)


def find_forbidden(body: str) -> list[Forbidden]:
    return [one for one in FORBIDDEN if one.pattern.search(body)]
