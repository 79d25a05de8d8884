"""What a customer may want of the chat."""

from enum import StrEnum, auto


class Meaning(StrEnum):
    """`LEAVE` (탈퇴) is more than `STOP`: it asks to delete everything, and `ERASE` answers that
    question. `MAYBE_STOP` may have been a stop: advertising rests until one tap decides. `CLAIM`
    is the six digits of a shop, `JOIN_CODE` the five that say which shop, `PAIR` the eight of
    someone who works there.
    """

    JOIN = auto()
    JOIN_CODE = auto()
    PAIR = auto()
    MY_INFO = auto()
    HELP = auto()
    STOP = auto()
    MAYBE_STOP = auto()
    PAUSE = auto()
    RESUME = auto()
    SETTINGS = auto()
    AGREE_ADS = auto()
    YES = auto()
    NO = auto()
    PHONE = auto()
    LEAVE_PHONE = auto()
    FORGET_PHONE = auto()
    NAME = auto()
    LEAVE = auto()
    ERASE = auto()
    MY_STAMPS = auto()
    STAMP_CODE = auto()
    CLAIM = auto()
    MY_COUPONS = auto()
    USE_COUPON = auto()
    TOLD_OFF = auto()
    TOLD_ON = auto()
    BIRTHDAY = auto()
    FORGET_BIRTHDAY = auto()
    SHOP_INFO = auto()
    SHOP_HOURS = auto()
    SHOP_PLACE = auto()
    SHOP_PHONE = auto()
    SHOP_MENU = auto()
    SHOP_PARKING = auto()
    ENQUIRY = auto()
    THANKS = auto()
    GREETING = auto()
    UNKNOWN = auto()
