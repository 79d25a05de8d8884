"""The environment: what is missing or wrong is named."""

import base64
from datetime import date, timedelta

import pytest

from dangol.settings import SettingsError, read_settings
from dangol.wiring import make_senders
from domain.campaigns import SenderName
from domain.time import system_now

KEY = base64.b64encode(bytes(32)).decode()
GOOD = {"DANGOL_DATA_KEY": KEY, "DANGOL_PUBLIC_URL": "https://shop.example/"}
SOLAPI = {
    "DANGOL_SOLAPI_API_KEY": "key",
    "DANGOL_SOLAPI_API_SECRET": "hush",
    "DANGOL_SOLAPI_WEBHOOK_SECRET": "hush",
}
NHN = {
    "DANGOL_NHN_APPKEY": "key",
    "DANGOL_NHN_SECRET_KEY": "hush",
    "DANGOL_NHN_WEBHOOK_SIGNATURE": "hush",
}
LOGIN = {
    "DANGOL_KAKAO_LOGIN_CLIENT_ID": "key",
    "DANGOL_KAKAO_LOGIN_CLIENT_SECRET": "hush",
}


def test_what_is_needed_is_enough() -> None:
    settings = read_settings(GOOD)
    assert settings.database_url == "sqlite:///dangol.db"
    assert settings.public_url == "https://shop.example"
    assert settings.solapi is None
    assert settings.nhn is None
    assert settings.login is None


def test_secrets_do_not_show_in_a_printed_setting() -> None:
    printed = repr(read_settings(GOOD | SOLAPI | NHN | LOGIN))
    assert "hush" not in printed
    assert repr(bytes(32)) not in printed


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"DANGOL_DATA_KEY": ""}, "DANGOL_DATA_KEY"),
        ({"DANGOL_DATA_KEY": "c2hvcnQ="}, "DANGOL_DATA_KEY"),
        ({"DANGOL_DATA_KEY": "not base64!"}, "DANGOL_DATA_KEY"),
        ({"DANGOL_PUBLIC_URL": ""}, "DANGOL_PUBLIC_URL"),
        ({"DANGOL_PORT": "http"}, "DANGOL_PORT"),
        ({"DANGOL_PORT": "70000"}, "DANGOL_PORT"),
        ({"DANGOL_DATABASE_URL": "mysql://x"}, "DANGOL_DATABASE_URL"),
        ({"DANGOL_EMPTY_ANSWER": "maybe"}, "DANGOL_EMPTY_ANSWER"),
        ({"DANGOL_LEASE_SECONDS": "1"}, "DANGOL_LEASE_SECONDS"),
        ({"DANGOL_LEASE_SECONDS": "half a minute"}, "DANGOL_LEASE_SECONDS"),
        ({"DANGOL_WORKERS": "0"}, "DANGOL_WORKERS"),
        ({"DANGOL_WORKERS": "many"}, "DANGOL_WORKERS"),
        ({"DANGOL_SOLAPI_API_KEY": "key"}, "DANGOL_SOLAPI_API_SECRET"),
        (SOLAPI | {"DANGOL_SOLAPI_CERTIFICATE": "제2026-1호"}, "DANGOL_SOLAPI_CERTIFICATE"),
        (SOLAPI | {"DANGOL_SOLAPI_CERTIFICATE": "2026-12-31"}, "DANGOL_SOLAPI_CERTIFICATE"),
        ({"DANGOL_NHN_APPKEY": "key"}, "DANGOL_NHN_SECRET_KEY"),
        (NHN | {"DANGOL_NHN_WEBHOOK_SIGNATURE": ""}, "DANGOL_NHN_WEBHOOK_SIGNATURE"),
        ({"DANGOL_KAKAO_LOGIN_CLIENT_ID": ""}, "DANGOL_KAKAO_LOGIN_CLIENT_ID"),
        (
            LOGIN | {"DANGOL_KAKAO_LOGIN_ISSUER": "http://elsewhere.example"},
            "DANGOL_KAKAO_LOGIN_ISSUER",
        ),
        (
            LOGIN | {"DANGOL_KAKAO_LOGIN_ISSUER": "https://kauth.kakao.com/"},
            "DANGOL_KAKAO_LOGIN_ISSUER",
        ),
        (NHN | {"DANGOL_NHN_URL": "http://elsewhere.example"}, "DANGOL_NHN_URL"),
        (NHN | {"DANGOL_NHN_URL": "elsewhere.example"}, "DANGOL_NHN_URL"),
        (NHN | {"DANGOL_NHN_URL": "https://elsewhere.example/"}, "DANGOL_NHN_URL"),
    ],
)
def test_a_wrong_setting_is_named(wrong: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        read_settings(GOOD | wrong)


def test_where_nhn_and_the_login_answer_can_be_told() -> None:
    here = "http://127.0.0.1:8090"
    told = NHN | LOGIN | {"DANGOL_NHN_URL": here, "DANGOL_KAKAO_LOGIN_ISSUER": here}
    settings = read_settings(GOOD | told)

    assert settings.nhn is not None
    assert settings.login is not None
    assert (settings.nhn.base_url, settings.login.issuer) == (here, here)


def test_a_certificate_is_a_number_and_its_last_day() -> None:
    """L18."""
    told = SOLAPI | {"DANGOL_SOLAPI_CERTIFICATE": "제2026-0012호 2027-09-30"}
    solapi = read_settings(GOOD | told).solapi

    assert solapi is not None
    assert solapi.certificate == ("제2026-0012호", date(2027, 9, 30))


def test_a_lease_is_in_seconds_and_half_a_minute_by_default() -> None:
    assert read_settings(GOOD).lease == timedelta(seconds=30)
    assert read_settings(GOOD | {"DANGOL_LEASE_SECONDS": "5"}).lease == timedelta(seconds=5)


def test_a_process_is_alone_unless_it_is_told_how_many_work() -> None:
    assert read_settings(GOOD).workers == 1
    assert read_settings(GOOD | {"DANGOL_WORKERS": "4"}).workers == 4


@pytest.mark.parametrize("more", [{}, NHN], ids=["nobody listens", "nhn listens"])
def test_no_texts_leave_where_nobody_hears_the_number_that_refuses_them(
    more: dict[str, str],
) -> None:
    """L4, L8: calls of the free 080 number come by NHN's webhook alone."""
    senders = make_senders(read_settings(GOOD | SOLAPI | more), system_now)

    assert (SenderName.SOLAPI_LMS in senders) is bool(more)
    assert SenderName.SOLAPI_ALIMTALK in senders
