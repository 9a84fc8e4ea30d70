"""Kakao's limits hold whatever the bot and agents write, and no payload, however odd, is an error."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handoff.channels import kakao
from handoff.channels.kakao import Utterance, answer, bubbles_of, client_msg_id, read_payload, response, split_text
from handoff.domain.conversation import MESSAGE_LENGTH_MAX, Author, Choice, Json, Message
from tests import building

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)

words = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=2_500)
cards = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.just("order"),
        "title": words,
        "rows": st.none()
        | st.lists(st.fixed_dictionaries({"label": words, "value": words | st.integers()}), max_size=4),
        "note": st.none() | words,
    },
)
messages = st.lists(
    st.builds(
        Message,
        conversation_id=st.just("c_1"),
        seq=st.integers(1, 9),
        author=st.sampled_from([Author.BOT, Author.AGENT, Author.SYSTEM]),
        text=words,
        at=st.just(NOW),
        author_name=st.none() | st.text(max_size=40),
        choices=st.lists(st.builds(Choice, st.text(max_size=9), words, st.just("/x")), max_size=14).map(tuple),
        cards=st.lists(cards, max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=3,
)


def assert_within_limits(made: Json) -> None:
    """The table of Kakao's limits, as far as this channel uses it."""
    assert made["version"] == "2.0"
    template = made["template"]
    assert 1 <= len(template["outputs"]) <= 3
    for output in template["outputs"]:
        assert set(output) == {"simpleText"} and 1 <= len(output["simpleText"]["text"]) <= 1_000
        assert output["simpleText"]["text"].strip()
    assert "quickReplies" not in template or 1 <= len(template["quickReplies"]) <= 10
    for reply in template.get("quickReplies", []):
        assert reply["action"] == "message"
        assert 1 <= len(reply["label"]) <= 14 and reply["label"].strip()
        assert 1 <= len(reply["messageText"]) <= 1_000
    json.dumps(made, allow_nan=False)


OFFERED = [
    ("", []),
    (kakao.say_place(7, 400), [kakao.leave_reply()]),
    (kakao.RATING_ASKED, kakao.rating_replies("c_1")),
]


@given(messages, st.booleans(), st.sampled_from(OFFERED))
@settings(max_examples=150, deadline=None)
@example([building.message("c_1", 1, NOW, text="가" * 2_000, author=Author.BOT)], True, OFFERED[2])
@example([building.message("c_1", 1, NOW, text="가" * 3_000, author=Author.BOT)], True, OFFERED[2])
@example([building.message("c_1", 1, NOW, text="", author=Author.BOT)], False, OFFERED[0])
@example([building.message("c_1", 1, NOW, text=" \n " * 500, author=Author.BOT)], False, OFFERED[1])
@example(
    [building.message("c_1", 1, NOW, author=Author.BOT, choices=(Choice("1-a", "", "/x"), Choice("1-b", " ", "/y")))],
    False,
    OFFERED[0],
)
def test_every_answer_is_within_kakaos_limits(made: list[Message], more: bool, offered: tuple[str, list[Json]]) -> None:
    also, replies = offered
    answered = answer(made, more=more, also=also, quick_replies=replies)
    assert_within_limits(answered)
    labels = [reply["label"] for reply in answered["template"].get("quickReplies", [])]
    assert all(reply["label"] in labels for reply in replies)


@pytest.mark.parametrize(
    ("position", "wait_s", "told"),
    [
        (1, None, "바로 다음 순서예요."),
        (1, 59, "바로 다음 순서예요. 곧 연결돼요."),
        (3, 60, "앞에 2명이 있어요. 약 1분 걸려요."),
        (2, 599, "앞에 1명이 있어요. 약 10분 걸려요."),
        (2, 661, "앞에 1명이 있어요. 약 15분 걸려요."),
        (9, 3_601, "앞에 8명이 있어요. 1시간 넘게 걸릴 수 있어요."),
    ],
)
def test_the_place_is_told_as_people_say_it(position: int, wait_s: int | None, told: str) -> None:
    assert kakao.say_place(position, wait_s) == f"{told} {kakao.LOOK_AGAIN}"


@pytest.mark.parametrize(
    "sentence",
    [kakao.STILL_THINKING, kakao.say_place(999, 9_999), kakao.WITH_AGENT, kakao.NOTHING_NEW, kakao.TRY_AGAIN],
)
@pytest.mark.parametrize("more", [True, False])
def test_what_the_channel_says_itself_is_within_the_limits(sentence: str, more: bool) -> None:
    assert_within_limits(response([sentence], more=more))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=4_000))
@example("가" * 1_000)
@example("가" * 1_001)
@example(" " * 1_500 + "가" * 1_500)
@example(("가" * 749 + " ") * 4)
@example("a\n" * 2_000)
def test_a_text_is_split_without_losing_a_letter(text: str) -> None:
    pieces = split_text(text)
    assert all(1 <= len(piece) <= 1_000 for piece in pieces)
    assert "".join("".join(pieces).split()) == ("".join(text.split()) or kakao.NO_TEXT)


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters=" \n"), max_size=MESSAGE_LENGTH_MAX),
    st.text(max_size=30),
)
@example(("가" * 501 + " ") * 3 + "나" * 494, "김하늘")
@example(("가" * 760 + " ") * 2 + "나" * 478, "김하늘")
def test_an_agents_longest_message_fits_one_answer(text: str, name: str) -> None:
    assert bubbles_of(building.message("c_1", 1, NOW, text=text, author=Author.AGENT, author_name=name)) <= 3


def test_an_answer_longer_than_three_bubbles_ends_in_an_ellipsis() -> None:
    made = answer([building.message("c_1", 1, NOW, text="가" * 4_000, author=Author.BOT)])
    texts = [output["simpleText"]["text"] for output in made["template"]["outputs"]]
    assert [len(text) for text in texts] == [1_000] * 3 and texts[-1].endswith("…") and "…" not in texts[0] + texts[1]


def test_lines_and_words_stay_together_where_they_can() -> None:
    first, second = split_text("가 " * 450 + "\n" + "나" * 300)
    assert first == ("가 " * 450).strip() and second == "나" * 300


def test_the_buttons_of_the_last_message_that_has_any_are_shown() -> None:
    made = [
        building.message("c_1", 1, NOW, author=Author.BOT, choices=(Choice("1-a", "옛 버튼", "/a"),)),
        building.message(
            "c_1", 2, NOW, author=Author.BOT, choices=(Choice("2-b", "2026-10001 흰색 셔츠 외 3건", "/b"),)
        ),
        building.message("c_1", 3, NOW, author=Author.SYSTEM),
    ]
    (button,) = answer(made)["template"]["quickReplies"]
    assert button == {
        "label": "2026-10001 흰색…",
        "action": "message",
        "messageText": "2026-10001 흰색 셔츠 외 3건",
        "extra": {"ieum_choice": "2-b"},
    }


def test_the_wish_for_more_keeps_its_place_beside_many_buttons() -> None:
    choices = tuple(Choice(f"1-{n}", f"버튼 {n}", "/x") for n in range(12))
    made = answer([building.message("c_1", 1, NOW, author=Author.BOT, choices=choices)], more=True)
    replies = made["template"]["quickReplies"]
    assert (
        len(replies) == 10 and replies[-1]["label"] == kakao.MORE_LABEL and replies[-1]["extra"] == {"ieum_more": True}
    )


def test_a_card_is_told_in_lines_and_an_agent_by_name() -> None:
    card = {
        "kind": "order",
        "title": "흰색 셔츠",
        "rows": [{"label": "배송", "value": "이동 중"}],
        "note": "늦어서 죄송해요",
    }
    made = answer([building.message("c_1", 1, NOW, text="확인했어요", author=Author.BOT, cards=(card,))])
    assert (
        made["template"]["outputs"][0]["simpleText"]["text"]
        == "확인했어요\n흰색 셔츠\n· 배송: 이동 중\n늦어서 죄송해요"
    )
    made = answer([building.message("c_1", 1, NOW, text="네", author=Author.AGENT, author_name="김하늘")])
    assert made["template"]["outputs"][0]["simpleText"]["text"] == "[상담원 김하늘]\n네"


def payload(**request: Any) -> Json:
    values: Json = {"user": {"id": "u"}, "utterance": "안녕"}
    return {"userRequest": values | request}


PAYLOADS: dict[str, tuple[object, Utterance | None]] = {
    "the least there is": (payload(), Utterance("u", "안녕", None, False)),
    "unknown fields": (payload(new={"a": [1]}) | {"contexts": [], "flow": None}, Utterance("u", "안녕", None, False)),
    "nulls everywhere": (
        payload(lang=None, block=None, params=None) | {"action": None, "bot": None, "intent": None},
        Utterance("u", "안녕", None, False),
    ),
    "the console's test": (
        payload(user={"id": "876543", "type": "accountId", "properties": {}}, lastBlock=None),
        Utterance("876543", "안녕", None, False),
    ),
    "botUserKey only": (
        payload(user={"properties": {"botUserKey": "b", "isFriend": True}}),
        Utterance("b", "안녕", None, False),
    ),
    "bot_user_key only": (
        payload(user={"id": None, "properties": {"bot_user_key": "b"}}),
        Utterance("b", "안녕", None, False),
    ),
    "no utterance": (payload(utterance=None), Utterance("u", "", None, False)),
    "an utterance that is no text": (payload(utterance={"a": 1}), Utterance("u", "", None, False)),
    "a button of ours": (
        payload() | {"action": {"clientExtra": {"ieum_choice": "3-x"}}},
        Utterance("u", "안녕", "3-x", False),
    ),
    "a button that is no text": (
        payload() | {"action": {"clientExtra": {"ieum_choice": ["3-x"]}}},
        Utterance("u", "안녕", None, False),
    ),
    "the wish for more": (
        payload() | {"action": {"clientExtra": {"ieum_more": True}}},
        Utterance("u", "안녕", None, True),
    ),
    "the wish for more, typed": (
        payload(utterance=" 이어서 보기\n"),
        Utterance("u", " 이어서 보기\n", None, True),
    ),
    "the wish to wait no longer": (
        payload(utterance="봇과  계속하기 "),
        Utterance("u", "봇과  계속하기 ", None, False, leaves=True),
    ),
    "a rating": (
        payload() | {"action": {"clientExtra": {"ieum_rating": {"conversation": "c_1", "score": 5}}}},
        Utterance("u", "안녕", None, False, rate=kakao.Rate("c_1", 5)),
    ),
    **{
        f"a rating that is none: {rating}": (
            payload() | {"action": {"clientExtra": {"ieum_rating": rating}}},
            Utterance("u", "안녕", None, False),
        )
        for rating in (
            5,
            [5],
            {"score": 5},
            {"conversation": "c_1"},
            {"conversation": "c_1", "score": 6},
            {"conversation": "c_1", "score": True},
            {"conversation": "c_1", "score": [1]},
            {"conversation": "c\u0000", "score": 5},
            {"conversation": "c" * 65, "score": 5},
        )
    },
    "no user": ({"userRequest": {"utterance": "안녕"}}, None),
    "an empty user": (payload(user={"id": "", "properties": {"botUserKey": ""}}), None),
    "a user that is a number": (payload(user={"id": 5}), None),
    "a user of controls": (payload(user={"id": "a\u0000"}), None),
    "a user that is no text at all": (payload(user={"id": "\ud800"}), None),
    "a user too long": (payload(user={"id": "u" * 201}), None),
    "a list": ([], None),
    "a text": ("안녕", None),
    "nothing": (None, None),
    "no request": ({"bot": {"id": "b!"}}, None),
}


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_payload_says_what_it_says(name: str) -> None:
    sent, expected = PAYLOADS[name]
    assert read_payload(sent) == expected


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "userRequest",
                    "user",
                    "id",
                    "properties",
                    "botUserKey",
                    "action",
                    "clientExtra",
                    "ieum_choice",
                    "utterance",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(any_json)
@settings(max_examples=300)
def test_no_json_is_an_error(sent: object) -> None:
    found = read_payload(sent)
    assert found is None or (0 < len(found.user_key) <= 200 and found.user_key.isprintable())


def test_a_repeated_delivery_has_the_same_id_and_another_message_another() -> None:
    said = Utterance("u", "안녕", None, False)
    assert client_msg_id(said, request_id="r1", at_s=1) == client_msg_id(said, request_id="r1", at_s=99)
    assert client_msg_id(said, request_id="r1", at_s=1) != client_msg_id(said, request_id="r2", at_s=1)
    assert client_msg_id(said, request_id=None, at_s=10.0) == client_msg_id(said, request_id=None, at_s=11.9)
    others = [
        Utterance("v", "안녕", None, False),
        Utterance("u", "안녕!", None, False),
        Utterance("u", "안녕", "3-x", False),
    ]
    ids = [client_msg_id(other, request_id=None, at_s=10.0) for other in (said, *others)]
    assert len(set(ids)) == 4 and all(len(found) <= 126 for found in ids)
    assert client_msg_id(said, request_id=None, at_s=10.0) != client_msg_id(said, request_id=None, at_s=14.0)
    assert client_msg_id(Utterance("u", "\ud800", None, False), request_id=None, at_s=1)
    long = [client_msg_id(said, request_id="r" * 5_000 + end, at_s=1) for end in ("", "a", "b", "a")]
    assert client_msg_id(said, request_id="a\x00b", at_s=1).isprintable()
    assert len(set(long)) == 3 and all(len(found) <= 126 for found in long)
