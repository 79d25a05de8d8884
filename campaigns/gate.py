"""May this go to this person now? Turns rows into facts, then asks domain/compliance.py."""

from datetime import datetime

from domain.campaigns import MessageKind, SenderName
from domain.compliance import Recipient, Verdict, may_inform, may_send
from domain.consent import is_resting
from storage.queries.campaigns import AlikeFacts, PersonFacts
from storage.queries.messages import Addressee


def gate_regular(
    kind: MessageKind, sender: SenderName, person: PersonFacts, at: datetime
) -> Verdict:
    """The gate at planning."""
    alike = AlikeFacts(
        friend=person.friend,
        is_of_age=person.is_of_age,
        has_consent=person.has_consent,
        has_withdrawn=person.has_withdrawn,
        has_phone=person.has_phone,
        is_resting=is_resting(person.paused_at, person.paused_until, at),
    )
    return gate_alike(kind, sender, alike, at)


def gate_alike(kind: MessageKind, sender: SenderName, alike: AlikeFacts, at: datetime) -> Verdict:
    """The same for everybody of whom these facts are true, asked once: shops may be large."""
    to = Recipient(
        friend=alike.friend,
        is_of_age=alike.is_of_age,
        has_advertising_consent=alike.has_consent,
        has_withdrawn=alike.has_withdrawn,
        is_resting=alike.is_resting,
        has_address=sender is SenderName.KAKAO_EVENT or alike.has_phone,
        had_week=alike.had_week,
        had_day=alike.had_day,
        is_held_out=alike.is_held_out,
    )
    return _judge(kind, sender, to, at)


def gate_addressee(
    kind: MessageKind, sender: SenderName, person: Addressee, at: datetime
) -> Verdict:
    """The gate once more, when a chunk leaves; a deleted person has neither consent nor address."""
    to = Recipient(
        friend=person.friend,
        is_of_age=person.is_of_age,
        has_advertising_consent=person.has_consent,
        has_withdrawn=person.has_withdrawn,
        is_resting=is_resting(person.paused_at, person.paused_until, at),
        has_address=address_of(sender, person) is not None,
    )
    return _judge(kind, sender, to, at)


def _judge(kind: MessageKind, sender: SenderName, to: Recipient, at: datetime) -> Verdict:
    if kind is MessageKind.INFORMATION:
        return may_inform(to, at)
    return may_send(sender, to, at)


def address_of(sender: SenderName, person: Addressee) -> str | None:
    """Where this sender reaches a person: the chat's key, or the phone number."""
    return person.bot_user_key if sender is SenderName.KAKAO_EVENT else person.phone
