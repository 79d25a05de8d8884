"""Night consent: asked only where some sender of ours could use it (L5, K1).

A question whose answer changes nothing is not asked (L42, L68).
"""

from collections.abc import Collection, Mapping

from domain.campaigns import SenderName

CLOSED_AT_NIGHT: Mapping[SenderName, str] = dict.fromkeys(SenderName, "K1")
"""Senders that carry no advertisement from 21:00 to 08:00 whatever was agreed, and by which rule.

What ends in KakaoTalk could not; a text message could, and ours keeps to the same hours.
"""


def asks_for_night(senders: Collection[SenderName]) -> bool:
    """Whether a separate consent to advertisements at night may be asked for."""
    return any(sender not in CLOSED_AT_NIGHT for sender in senders)
