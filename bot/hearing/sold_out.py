"""`다 팔렸어요`, said by who sells: the whole sentence, or nothing."""

import re

from bot.hearing.spelling import squeezed

END = r"(?:어|음|습니다|네|다|슴)?요?"
SOLD_OUT = re.compile(
    rf"(?:오늘|저희|우리|지금|이제|벌써)*(?:은|거|것|건|물건|빵)?(?:다|모두|전부|싹|완전히?)(?:팔렸|팔았|팔려버렸){END}"
    rf"|(?:오늘|저희|우리|지금|이제|벌써)*(?:은)?(?:완판|품절|매진|솔드아웃)(?:이에|이예|이|입니다|됐|되었|임)?{END}"
)


def says_sold_out(words: str) -> bool:
    is_asked = "?" in words or "？" in words
    return not is_asked and SOLD_OUT.fullmatch(squeezed(words)) is not None
