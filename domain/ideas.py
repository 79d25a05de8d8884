"""The weekly idea: one ready message for a shop, and the reason for it."""

from enum import StrEnum


class IdeaState(StrEnum):
    """`TAKEN` became a campaign; `SKIPPED`: not this week; `LAPSED`: the week went by."""

    WAITING = "waiting"
    SAID = "said"
    TAKEN = "taken"
    SKIPPED = "skipped"
    LAPSED = "lapsed"
