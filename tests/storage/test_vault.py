"""Personal data at rest: sealed, found again by a keyed hash, useless without the key."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from domain.people import CustomerId
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.customers import PHONE, list_by_phone
from storage.queries.places import get_channel
from storage.vault import KEY_BYTES, Vault
from tests.factories import ADMIN_KEY, HEADER_SECRET, REST_API_KEY, make_street, phone_of, rows

KEY = Vault(bytes(KEY_BYTES))
OTHER_KEY = Vault(bytes([1] * KEY_BYTES))


@given(st.text())
def test_what_was_sealed_is_unsealed(text: str) -> None:
    sealable = text.encode("utf-8", "ignore").decode()

    assert KEY.unseal(KEY.seal(sealable, purpose=PHONE), purpose=PHONE) == sealable


def test_another_key_does_not_unseal() -> None:
    with pytest.raises(ValueError, match="cannot be unsealed"):
        OTHER_KEY.unseal(KEY.seal("01012345678", purpose=PHONE), purpose=PHONE)


def test_another_purpose_does_not_unseal() -> None:
    with pytest.raises(ValueError, match="cannot be unsealed"):
        KEY.unseal(KEY.seal("01012345678", purpose=PHONE), purpose="channel.secrets")


@pytest.mark.parametrize("at", [0, 11, 12, -1])
def test_changed_bytes_do_not_unseal(at: int) -> None:
    sealed = bytearray(KEY.seal("01012345678", purpose=PHONE))
    sealed[at] ^= 1

    with pytest.raises(ValueError, match="cannot be unsealed"):
        KEY.unseal(bytes(sealed), purpose=PHONE)


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_bytes_that_are_too_short_do_not_unseal(length: int) -> None:
    with pytest.raises(ValueError, match=r"unsealed|Nonce"):
        KEY.unseal(b"\x00" * length, purpose=PHONE)


def test_sealing_twice_gives_different_bytes() -> None:
    assert KEY.seal("01012345678", purpose=PHONE) != KEY.seal("01012345678", purpose=PHONE)


def test_a_fingerprint_is_equal_for_equal_text_key_and_purpose_only() -> None:
    prints = {
        KEY.fingerprint("01012345678", purpose=PHONE),
        KEY.fingerprint("01012345678", purpose=PHONE),
        KEY.fingerprint("01012345679", purpose=PHONE),
        KEY.fingerprint("01012345678", purpose="other"),
        OTHER_KEY.fingerprint("01012345678", purpose=PHONE),
    }

    assert len(prints) == 4


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32"):
        Vault(bytes(length))


async def test_a_phone_number_is_found_by_its_fingerprint(books: Books) -> None:
    street = await books.write(make_street, people=3)

    found = await books.read(list_by_phone, street.channel_id, phone_of(2))

    assert found == [street.customers[1]]
    assert await books.read(open_phone, found[0]) == phone_of(2)


def open_phone(tx: Tx, customer_id: CustomerId) -> str:
    ((sealed,),) = rows(tx, "SELECT phone FROM customer WHERE id = :id", id=customer_id)
    return tx.vault.unseal(bytes(sealed), purpose=PHONE)


async def test_with_another_key_nobody_is_found_and_nothing_is_read(
    books: Books, database_url: str
) -> None:
    street = await books.write(make_street, people=1)

    async with open_books(database_url, OTHER_KEY) as stranger:
        assert await stranger.read(list_by_phone, street.channel_id, phone_of(1)) == []
        with pytest.raises(ValueError, match="cannot be unsealed"):
            await stranger.read(open_phone, street.customers[0])
        with pytest.raises(ValueError, match="cannot be unsealed"):
            await stranger.read(get_channel, street.channel_id)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_no_number_and_no_key_stands_in_the_files(database_url: str, vault: Vault) -> None:
    async with open_books(database_url, vault) as books:
        await books.write(make_street, people=3)

    path = make_url(database_url).database
    assert path is not None
    files = b"".join(one.read_bytes() for one in Path(path).parent.iterdir() if one.is_file())
    secrets = (phone_of(1), phone_of(3), REST_API_KEY, HEADER_SECRET, ADMIN_KEY)
    assert [one for one in secrets if one.encode() in files] == []
    assert "연남빵집".encode() in files


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_no_number_and_no_key_stands_in_the_columns(books: Books) -> None:
    await books.write(make_street, people=1)

    (phone,) = (await books.read(rows, "SELECT phone FROM customer"))[0]
    (secrets,) = (await books.read(rows, "SELECT secrets FROM channel"))[0]

    assert phone_of(1).encode() not in bytes(phone)
    assert REST_API_KEY.encode() not in bytes(secrets)
