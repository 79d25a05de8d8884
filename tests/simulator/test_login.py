"""Kakao Login (kakao-chatbot.md 5.4) as a console's server and a browser meet it."""

import base64
import hashlib
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientResponse
from joserfc import jwt
from joserfc.jwk import KeySet

from simulator.values import LoginApp

from .conftest import Sim

BACK = "http://127.0.0.1:9/back"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
ASKED = {
    "client_id": "login-key",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "openid,account_email phone_number",
    "state": "s t&a=te",
    "nonce": "n-1",
    "code_challenge": CHALLENGE.decode(),
    "code_challenge_method": "S256",
}
Json = dict[str, Any]


@pytest.fixture
def app(sim: Sim) -> LoginApp:
    app = LoginApp(
        client_id="login-key",
        client_secret="s3cret",
        redirect_uris=frozenset({BACK}),
        app_id=77,
        required=frozenset({"profile_nickname"}),
    )
    return sim.world.add_app(app)


async def authorize(sim: Sim, **changes: str | None) -> ClientResponse:
    query = {name: value for name, value in (ASKED | changes).items() if value is not None}
    return await sim.client.get("/oauth/authorize", params=query, allow_redirects=False)


async def post(sim: Sim, path: str, page: ClientResponse, **form: str) -> ClientResponse:
    found = re.search(r'name="question" value="([^"]+)"', await page.text())
    assert found
    body = {"question": found[1], **form}
    return await sim.client.post(f"/oauth/authorize/{path}", data=body, allow_redirects=False)


def told(response: ClientResponse) -> dict[str, str]:
    """What came back to the app in its own address."""
    assert response.status == 303
    where = urlsplit(response.headers["Location"])
    assert f"{where.scheme}://{where.netloc}{where.path}" == BACK
    return {name: values[0] for name, values in parse_qs(where.query).items()}


async def sign_in(sim: Sim, *, agree: bool = True, **changes: str | None) -> dict[str, str]:
    people = await authorize(sim, **changes)
    consent = await post(sim, "account", people, person=sim.person.person_id)
    items = {"account_email": "on", "do": "agree"} if agree else {"do": "cancel"}
    return told(await post(sim, "consent", consent, **items))


async def tokens(sim: Sim, code: str, **changes: str) -> tuple[int, Json]:
    form = {
        "grant_type": "authorization_code", "client_id": "login-key", "client_secret": "s3cret",
        "redirect_uri": BACK, "code": code, "code_verifier": VERIFIER,
    }  # fmt: skip
    response = await sim.client.post("/oauth/token", data=form | changes)
    return response.status, await response.json()


async def keys(sim: Sim) -> KeySet:
    return KeySet.import_key_set(await (await sim.client.get("/.well-known/jwks.json")).json())


async def ask(sim: Sim, path: str, token: str) -> tuple[int, Json]:
    response = await sim.client.get(path, headers={"Authorization": f"Bearer {token}"})
    return response.status, await response.json()


async def test_the_discovery_document_names_addresses_that_answer(sim: Sim) -> None:
    document = await (await sim.client.get("/.well-known/openid-configuration")).json()

    assert document["issuer"] == sim.settings.public_url
    assert document["id_token_signing_alg_values_supported"] == ["RS256"]
    assert document["token_endpoint_auth_methods_supported"] == ["client_secret_post"]
    for name in ("authorization", "token", "userinfo"):
        path = urlsplit(document[f"{name}_endpoint"]).path
        assert (await sim.client.get(path)).status in (400, 401, 405)
    assert (await sim.client.get(urlsplit(document["jwks_uri"]).path)).status == 200


async def test_a_person_signs_in_and_the_app_learns_what_was_agreed_to(
    sim: Sim, app: LoginApp
) -> None:
    back = await sign_in(sim)
    status, granted = await tokens(sim, back["code"])

    assert (status, back["state"]) == (200, "s t&a=te")
    assert (granted["token_type"], granted["expires_in"]) == ("bearer", 6 * 3600)
    assert set(granted["scope"].split()) == {"openid", "profile_nickname", "account_email"}
    claims = jwt.decode(granted["id_token"], await keys(sim), algorithms=["RS256"]).claims
    now = int(sim.clock.at.timestamp())
    assert claims == {
        "iss": sim.settings.public_url, "aud": "login-key", "sub": "3012345678", "nonce": "n-1",
        "iat": now, "auth_time": now, "exp": now + 6 * 3600, "nickname": "김단골",
        "email": "3012345678@example.com",
    }  # fmt: skip
    _, known = await ask(sim, "/v1/oidc/userinfo", granted["access_token"])
    assert known == {
        "sub": "3012345678", "nickname": "김단골", "email": "3012345678@example.com",
        "email_verified": True,
    }  # fmt: skip


async def test_the_classic_profile_and_the_token_check(sim: Sim, app: LoginApp) -> None:
    people = await authorize(sim)
    consent = await post(sim, "account", people, person=sim.person.person_id)
    back = told(await post(sim, "consent", consent, phone_number="on", do="agree"))
    _, granted = await tokens(sim, back["code"])
    sim.clock.pass_(hours=1)

    _, me = await ask(sim, "/v2/user/me", granted["access_token"])
    _, check = await ask(sim, "/v1/user/access_token_info", granted["access_token"])
    wrong, _ = await ask(sim, "/v2/user/me", "guessed")

    assert me == {
        "id": 3012345678,
        "connected_at": "2026-11-23T01:00:00Z",
        "kakao_account": {"profile": {"nickname": "김단골"}, "phone_number": "+82 10-0000-0001"},
    }
    assert check == {"id": 3012345678, "expires_in": 5 * 3600, "app_id": 77}
    assert wrong == 401


async def test_nobody_is_asked_for_what_the_app_does_not_ask(sim: Sim) -> None:
    sim.world.add_app(LoginApp(client_id="login-key", redirect_uris=frozenset({BACK})))
    people = await authorize(sim, scope="openid")
    consent = await post(sim, "account", people, person=sim.person.person_id)
    assert "닉네임" not in await consent.text()

    back = told(await post(sim, "consent", consent, do="agree"))
    _, granted = await tokens(sim, back["code"])

    assert granted["scope"] == "openid"
    assert "nickname" not in jwt.decode(granted["id_token"], await keys(sim)).claims


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({"code_verifier": "w" * 43}, 0),
        ({"redirect_uri": BACK + "/"}, 0),
        ({}, 600),
    ],
    ids=["another verifier", "another address", "ten minutes later"],
)
async def test_a_code_is_refused(
    sim: Sim, app: LoginApp, changes: dict[str, str], seconds: int
) -> None:
    back = await sign_in(sim)
    sim.clock.pass_(seconds=seconds)

    status, said = await tokens(sim, back["code"], **changes)

    assert (status, said["error"]) == (400, "invalid_grant")


async def test_a_code_serves_once(sim: Sim, app: LoginApp) -> None:
    code = (await sign_in(sim))["code"]

    assert [(await tokens(sim, code))[0] for _ in range(2)] == [200, 400]


async def test_a_wrong_secret_is_refused_and_the_code_lives_on(sim: Sim, app: LoginApp) -> None:
    code = (await sign_in(sim))["code"]

    status, said = await tokens(sim, code, client_secret="guessed")

    assert (status, said["error"]) == (401, "invalid_client")
    assert (await tokens(sim, code))[0] == 200


@pytest.mark.parametrize("change", [{"client_id": "nobody"}, {"redirect_uri": "http://evil/"}])
async def test_nobody_is_sent_to_an_address_that_is_not_registered(
    sim: Sim, app: LoginApp, change: dict[str, str]
) -> None:
    response = await authorize(sim, **change)

    assert response.status == 400
    assert "Location" not in response.headers


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"prompt": "none"}, "login_required"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "openid friends"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
async def test_what_the_app_asks_wrongly_comes_back_to_it(
    sim: Sim, app: LoginApp, change: dict[str, str], error: str
) -> None:
    said = told(await authorize(sim, **change))

    assert (said["error"], said["state"]) == (error, "s t&a=te")


async def test_cancelling_tells_the_app(sim: Sim, app: LoginApp) -> None:
    assert (await sign_in(sim, agree=False))["error"] == "access_denied"


async def test_who_has_agreed_is_not_asked_again_unless_the_app_insists(
    sim: Sim, app: LoginApp
) -> None:
    asked = "openid account_email"
    await sign_in(sim, scope=asked)

    silent = told(await authorize(sim, scope=asked, prompt="none"))
    more = told(await authorize(sim, prompt="none"))
    again = await authorize(sim, scope=asked, prompt="login")
    sim.clock.pass_(hours=24)
    later = told(await authorize(sim, scope=asked, prompt="none"))

    assert "code" in silent
    assert more["error"] == "consent_required"
    assert "누구로 들어갈까요?" in await again.text()
    assert later["error"] == "login_required"


async def test_without_openid_there_is_no_id_token(sim: Sim, app: LoginApp) -> None:
    back = await sign_in(sim, scope="account_email")
    _, granted = await tokens(sim, back["code"])

    assert "id_token" not in granted
    assert (await ask(sim, "/v1/oidc/userinfo", granted["access_token"]))[0] == 401


async def test_a_refresh_token_brings_new_tokens_for_two_months(sim: Sim, app: LoginApp) -> None:
    _, granted = await tokens(sim, (await sign_in(sim))["code"])
    name = granted["refresh_token"]
    again = {"grant_type": "refresh_token", "refresh_token": name}
    sim.clock.pass_(hours=6)

    assert (await ask(sim, "/v1/oidc/userinfo", granted["access_token"]))[0] == 401
    status, fresh = await tokens(sim, "", **again)
    assert status == 200
    assert "refresh_token" not in fresh
    assert (await ask(sim, "/v1/oidc/userinfo", fresh["access_token"]))[0] == 200
    sim.clock.pass_(days=40)
    _, late = await tokens(sim, "", **again)
    assert late["refresh_token"] != name
    assert (await tokens(sim, "", **again))[0] == 400


async def test_keys_turn_and_the_last_signature_is_still_believed(sim: Sim, app: LoginApp) -> None:
    _, before = await tokens(sim, (await sign_in(sim))["code"])
    await sim.client.post("/sim/login/keys", json={})
    _, after = await tokens(sim, told(await authorize(sim, scope="openid"))["code"])

    served = await keys(sim)
    kids = {jwt.decode(one["id_token"], served).header["kid"] for one in (before, after)}
    assert len(kids) == 2


async def test_the_login_names_the_person_the_skill_and_the_webhook_name(
    sim: Sim, app: LoginApp
) -> None:
    """5.4: `sub` is the skill's appUserId; 5.1: the consent item decides the webhook's id."""
    stranger = sim.world.add_person(name="박손님", phone="01000000002")
    people = await authorize(sim, scope="openid plusfriends")
    consent = await post(sim, "account", people, person=stranger.person_id)
    back = told(await post(sim, "consent", consent, do="agree"))
    _, granted = await tokens(sim, back["code"])
    sub = jwt.decode(granted["id_token"], await keys(sim)).claims["sub"]

    await sim.kakao.say(stranger.person_id, sim.bot.bot_id, "안녕")
    sim.world.add_friend(stranger.person_id, sim.bot.bot_id, notify=True)
    await sim.background.idle()

    assert sim.server.asked[-1]["userRequest"]["user"]["properties"]["appUserId"] == sub
    assert sim.server.webhooks[-1][1]["id_type"] == "open_id"
    assert sim.server.webhooks[-1][1]["id"] != sub


async def test_another_site_cannot_press_the_buttons(sim: Sim, app: LoginApp) -> None:
    people = await authorize(sim)
    question = re.search(r'name="question" value="([^"]+)"', await people.text())
    assert question

    response = await sim.client.post(
        "/oauth/authorize/account",
        data={"question": question[1], "person": sim.person.person_id},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert response.status == 403


async def test_an_app_is_registered_over_http(sim: Sim) -> None:
    await sim.client.post("/sim/apps", json={"client_id": "k", "redirect_uris": [BACK]})

    assert sim.world.apps["k"] == replace(LoginApp(client_id="k"), redirect_uris=frozenset({BACK}))
