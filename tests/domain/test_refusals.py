"""Refusals carry facts, not words."""

from domain.refusals import Invalid, Refusal, Unlawful


def test_a_refusal_carries_facts_for_a_template() -> None:
    assert Refusal("used", at=3).facts == {"at": 3}
    assert Unlawful("L5").rule == "L5"
    assert Invalid({"body": "보낼 말을 적어 주세요."}).fields == {"body": "보낼 말을 적어 주세요."}
