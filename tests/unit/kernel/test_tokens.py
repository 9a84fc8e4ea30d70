"""Tokens: each kind is good for one thing, for a while, under one key."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from handoff.api.tickets import Tickets, read_session, sign_session
from handoff.errors import Unauthorized
from kernel import tokens
from kernel.tokens import ExpiredToken, IdentityClaim, InvalidToken, TurnContext

KEY, OTHER_KEY = "k" * 32, "o" * 32
CONTEXT = TurnContext("t_1", "c_1", "demo-1", "web")
CLAIM = IdentityClaim("t_1", "c_1", "demo-1")

SIGN: dict[str, Callable[[], str]] = {
    "turn": lambda: tokens.sign_turn_context(CONTEXT, KEY),
    "claim": lambda: tokens.sign_identity_claim(CLAIM, KEY),
    "conversation": lambda: tokens.sign_conversation("c_1", KEY),
    "identity": lambda: tokens.sign_identity("demo-1", KEY),
    "ticket": lambda: Tickets(KEY, None).issue("c_1"),
    "session": lambda: sign_session("a_1", 1, KEY)[0],
}
READ: dict[str, Callable[[str, str], Any]] = {
    "turn": tokens.read_turn_context,
    "claim": tokens.read_identity_claim,
    "conversation": tokens.read_conversation,
    "identity": tokens.read_identity,
}


def test_a_turn_context_carries_tickets_and_when_people_are_back() -> None:
    told = {"number": "CS-20931", "status_text": "확인 중", "is_open": True, "opened_at": "x", "promised_at": None}
    context = TurnContext(
        "t_1", "c_1", None, "web", tickets=(told,), opens_at="2026-11-25T00:00:00+00:00", hours_text="평일"
    )
    assert tokens.read_turn_context(tokens.sign_turn_context(context, KEY), KEY) == context


@pytest.mark.parametrize("customer_id", ["demo-1", None, "손님-1"])
def test_a_turn_context_comes_back_as_it_was_signed(customer_id: str | None) -> None:
    context = TurnContext("t_1", "c_1", customer_id, "kakao")
    assert tokens.read_turn_context(tokens.sign_turn_context(context, KEY), KEY) == context


def test_a_key_for_one_purpose_is_no_key_for_another() -> None:
    keys = {tokens.derive_key(key, purpose) for key in (KEY, OTHER_KEY) for purpose in ("codes", "letters")}
    assert len(keys) == 4 and KEY not in keys
    assert tokens.derive_key(KEY, "codes") == tokens.derive_key(KEY, "codes")


def test_conversation_and_identity_come_back() -> None:
    assert tokens.read_identity_claim(SIGN["claim"](), KEY) == CLAIM
    assert tokens.read_conversation(SIGN["conversation"](), KEY) == "c_1"
    assert tokens.read_identity(SIGN["identity"](), KEY) == "demo-1"


@pytest.mark.parametrize("kind", SIGN)
@pytest.mark.parametrize("wanted", READ)
def test_no_kind_stands_in_for_another_even_under_one_key(kind: str, wanted: str) -> None:
    if kind == wanted:
        READ[wanted](SIGN[kind](), KEY)
        return
    with pytest.raises(InvalidToken):
        READ[wanted](SIGN[kind](), KEY)


@pytest.mark.parametrize("kind", SIGN)
async def test_only_a_ticket_is_a_ticket_and_only_a_session_a_session(kind: str) -> None:
    if kind != "ticket":
        with pytest.raises(Unauthorized):
            await Tickets(KEY, None).redeem(SIGN[kind]())
    if kind != "session":
        with pytest.raises(Unauthorized):
            read_session(SIGN[kind](), KEY)


@pytest.mark.parametrize("kind", READ)
def test_another_key_or_a_changed_letter_is_refused(kind: str) -> None:
    token = SIGN[kind]()
    for bad, key in [(token, OTHER_KEY), (token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), KEY), (token[1:], KEY)]:
        with pytest.raises(InvalidToken):
            READ[kind](bad, key)


@pytest.mark.parametrize("kind", READ)
@pytest.mark.parametrize("token", ["", ".", "a.b.c", "안녕", "\ud800", "x" * 10_000, "e30.e30.", "null"])
def test_nonsense_is_refused(kind: str, token: str) -> None:
    with pytest.raises(InvalidToken):
        READ[kind](token, KEY)


@pytest.mark.parametrize("kind", READ)
def test_a_token_that_nobody_signed_is_refused(kind: str) -> None:
    def part(content: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    claims = jwt.decode(SIGN[kind](), options={"verify_signature": False})
    for algorithm in ("none", "None", "HS512", "RS256"):
        with pytest.raises(InvalidToken):
            READ[kind](f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims)}.", KEY)


@pytest.mark.parametrize(
    ("kind", "lifetime_s"),
    [
        ("turn", tokens.TURN_LIFETIME_S),
        ("conversation", tokens.CONVERSATION_LIFETIME_S),
        ("identity", tokens.IDENTITY_LIFETIME_S),
    ],
)
def test_a_token_is_good_for_its_lifetime_and_no_longer(kind: str, lifetime_s: int) -> None:
    claims = jwt.decode(SIGN[kind](), options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == lifetime_s
    now = int(time.time())
    READ[kind](jwt.encode(claims | {"exp": now + 1}, KEY, algorithm="HS256"), KEY)
    with pytest.raises(ExpiredToken):
        READ[kind](jwt.encode(claims | {"exp": now - 60}, KEY, algorithm="HS256"), KEY)


@pytest.mark.parametrize("kind", READ)
@pytest.mark.parametrize("missing", ["exp", "sub", "turn_id", "conversation_id", "customer_id", "channel"])
def test_a_token_without_what_it_has_to_say_is_refused(kind: str, missing: str) -> None:
    claims = jwt.decode(SIGN[kind](), options={"verify_signature": False})
    if missing not in claims:
        return
    del claims[missing]
    with pytest.raises(InvalidToken):
        READ[kind](jwt.encode(claims, KEY, algorithm="HS256"), KEY)


@pytest.mark.parametrize("exp", ["soon", None, [], {}, float("inf"), float("nan"), "99999999999", 10**400])
def test_an_expiry_that_is_no_moment_is_refused(exp: object) -> None:
    token = jwt.encode({"sub": "demo-1", "exp": exp}, KEY, algorithm="HS256")
    with pytest.raises(InvalidToken):
        tokens.read_identity(token, KEY)


def test_an_identity_that_the_shop_made_to_last_is_refused() -> None:
    with pytest.raises(InvalidToken, match="ten minutes"):
        tokens.read_identity(tokens.sign_identity("demo-1", KEY, lifetime_s=3_600), KEY)


@pytest.mark.parametrize("subject", [5, None, ["demo-1"], {"id": "demo-1"}])
def test_an_identity_must_be_a_text(subject: object) -> None:
    now = int(time.time())
    token = jwt.api_jws.encode(json.dumps({"sub": subject, "exp": now + 60}).encode(), KEY, algorithm="HS256")
    with pytest.raises(InvalidToken):
        tokens.read_identity(token, KEY)


async def test_a_ticket_is_used_up_by_its_first_use_and_forgotten_after_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tickets = Tickets(KEY, None)
    ticket = tickets.issue("c_1")
    assert await tickets.redeem(ticket) == "c_1"
    with pytest.raises(Unauthorized) as refused:
        await tickets.redeem(ticket)
    assert refused.value.code == "ticket_used"
    later = time.time() + 120
    monkeypatch.setattr("handoff.api.tickets.time.time", lambda: later)
    for _ in range(50):
        await tickets._first_use("x")
    assert len(tickets._used) == 1
