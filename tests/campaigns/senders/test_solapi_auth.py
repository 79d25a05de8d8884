"""The signature of providers.md A2."""

from datetime import UTC, datetime

from campaigns.senders.solapi_auth import ApiKey, authorization, new_salt

AT = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
SALT = "0123456789abcdef0123456789abcdef"
SIGNATURE = "5e4cfd889b826a3d5a354f0fb179497e5bfd4f17e2eabef5919c6ee0e0ff8289"


def test_the_header_matches_the_vector() -> None:
    assert authorization(ApiKey(key="NCS", secret="FAKE-SECRET-0001"), AT, SALT) == (
        f"HMAC-SHA256 apiKey=NCS, date=2026-11-22T01:02:03.000Z, salt={SALT}, signature={SIGNATURE}"
    )


def test_every_salt_is_new_and_of_a_length_that_is_taken() -> None:
    salts = {new_salt() for _ in range(100)}

    assert len(salts) == 100
    assert {len(salt) for salt in salts} == {32}


def test_a_secret_is_not_printed() -> None:
    assert "FAKE" not in repr(ApiKey(key="NCS", secret="FAKE-SECRET-0001"))
