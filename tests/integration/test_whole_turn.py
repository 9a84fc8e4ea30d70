"""A customer's question to the real product: gateway, bot, action server and databases, nothing stood in for."""

from __future__ import annotations

import itertools
import json
from datetime import date
from typing import Any

import httpx
import pytest

from tests.people import Staff, cards, words
from tests.product import Product

Json = dict[str, Any]
Known = dict[str, Json]
ONE, SEVERAL, NONE, LATE, ARRIVED = (f"demo-story-{number:02d}" for number in range(1, 6))
WHERE_IS_IT = "택배 언제 와요?"
CONTEXT_KEYS = {
    *("reason", "requested_by", "skill", "priority", "summary", "customer", "verified", "channel"),
    *("intent_history", "entities", "slots", "tried", "failed_actions", "orders", "blocks"),
    *("verification_attempts", "grants", "mood", "previous_conversations", "suggested_next_step", "waiting_since"),
}


def day(iso: str) -> str:
    found = date.fromisoformat(iso)
    return f"{found.month}월 {found.day}일"


@pytest.fixture(scope="module")
def known(running: Product) -> Known:
    """What the stores hold of each customer who asks here."""
    return {customer_id: running.show(customer_id) for customer_id in (ONE, SEVERAL, LATE, ARRIVED)}


@pytest.fixture(scope="module")
def agent(running: Product) -> Staff:
    """An agent at the desk."""
    return running.staff("agent1")


def test_one_order_is_told_at_once(running: Product, known: Known) -> None:
    (order,) = known[ONE]["orders"]
    answer = running.customer(ONE).ask(WHERE_IS_IT)
    (card,) = cards(answer)
    assert (card["주문번호"], card["운송장번호"]) == (order["order_id"], order["tracking_no"])
    assert day(order["eta"]) in card["도착 예정"] and day(order["eta"]) in words(answer)


def test_of_several_orders_the_chosen_one_is_told(running: Product, known: Known) -> None:
    order = next(order for order in known[SEVERAL]["orders"] if order["items"][0]["product"] == "가습기")
    customer = running.customer(SEVERAL)
    (question,) = customer.ask(WHERE_IS_IT)
    assert len(question["choices"]) == len(known[SEVERAL]["orders"])
    assert question["cards"] == [] and order["order_id"] not in json.dumps(question["choices"])
    pressed = next(choice for choice in question["choices"] if "가습기" in choice["label"])
    (card,) = cards(customer.answer_to(customer.choose(pressed)))
    assert (card["title"], card["주문번호"]) == ("가습기", order["order_id"])
    assert day(order["eta"]) in card["도착 예정"]


def test_a_button_of_another_conversation_is_refused(running: Product) -> None:
    (question,) = running.customer(SEVERAL).ask(WHERE_IS_IT)
    other = running.customer(SEVERAL)
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        other.choose(question["choices"][0])
    assert other.read()["messages"] == []


def test_who_never_ordered_is_told_so(running: Product) -> None:
    answer = running.customer(NONE).ask(WHERE_IS_IT)
    assert "주문하신 내역이 없어요" in words(answer) and cards(answer) == []


@pytest.mark.parametrize("question", [WHERE_IS_IT, "배송이 왜 늦어요?"])
def test_a_late_parcel_comes_with_apology_reason_and_new_date(running: Product, known: Known, question: str) -> None:
    (order,) = known[LATE]["orders"]
    assert order["delay_reason"] == "weather"
    answer = words(running.customer(LATE).ask(question))
    assert answer.index("죄송") < answer.index("날씨") < answer.index(day(order["eta"]))
    assert day(order["promised_date"]) in answer


def test_an_arrived_parcel_is_told_with_its_place(running: Product, known: Known) -> None:
    (order,) = known[ARRIVED]["orders"]
    answer = words(running.customer(ARRIVED).ask(WHERE_IS_IT))
    assert "백팩" in answer and order["delivered_place"] in answer and "배송이 끝났어요" in answer


def test_past_orders_are_the_customers_own_newest_first(running: Product, known: Known) -> None:
    orders = sorted(known[SEVERAL]["orders"], key=lambda order: order["ordered_at"], reverse=True)
    shown = cards(running.customer(SEVERAL).ask("주문 내역 보여 주세요"))
    assert [card["주문번호"] for card in shown] == [order["order_id"] for order in orders]
    assert [card["결제 금액"] for card in shown] == [f"{order['paid_krw']:,}원" for order in orders]


@pytest.mark.parametrize("question", [WHERE_IS_IT, "주문 내역 보여 주세요"])
def test_who_is_not_known_is_asked_to_log_in(running: Product, question: str) -> None:
    answer = running.customer().ask(question)
    assert "로그인" in words(answer) and cards(answer) == []


def test_anothers_order_number_tells_nothing(running: Product, known: Known) -> None:
    (order,) = known[ONE]["orders"]
    customer = running.customer(NONE)
    found = customer.ask(f"{order['order_id']} 배송 언제 와요?")
    unknown = customer.ask("2026-00000 배송 언제 와요?")
    assert words(found) == words(unknown) and cards(found) == []


def test_a_typed_command_is_only_words(running: Product) -> None:
    # As a command it would show the parcel, as "택배 언제 와요?" does; what the model makes of the word is its matter.
    assert cards(running.customer(ONE).ask("/delivery_status")) == []
    assert "이해하지 못했어요" in words(running.customer(ONE).ask("/block_status"))


def test_who_asks_for_a_person_waits_with_everything_known(running: Product, agent: Staff, known: Known) -> None:
    customer = running.customer(LATE)
    customer.ask(WHERE_IS_IT)
    customer.ask("상담원 연결해 주세요")
    view = customer.read()
    assert (view["owner"], view["messages"][-1]["author"]) == ("waiting", "system")
    queue = [item["conversation_id"] for item in agent.get("/api/desk/queue")["conversations"]]
    assert view["position"] == 1 + queue.index(customer.conversation_id)
    seen = agent.see(customer.conversation_id)
    context = seen["context"]
    assert set(context) >= CONTEXT_KEYS
    assert (context["reason"], context["requested_by"], context["skill"]) == (
        "customer_request",
        "customer",
        "delivery",
    )
    assert (context["verified"], context["channel"]) == (True, "web")
    assert [entry["intent"] for entry in context["intent_history"]] == ["delivery_status", "human_agent"]
    assert context["tried"][0] == "action_delivery_status" and context["failed_actions"] == []
    (order,) = known[LATE]["orders"]
    assert order["order_id"] in json.dumps(context["orders"])
    assert context["summary"] and context["suggested_next_step"]


def test_what_an_agent_sees_is_masked(running: Product, agent: Staff, known: Known) -> None:
    customer = running.customer(LATE)
    customer.ask("상담원 연결해 주세요")
    private = [known[LATE][name] for name in ("name", "phone", "email", "address")]
    shown = json.dumps(agent.see(customer.conversation_id), ensure_ascii=False)
    assert [value for value in private if value in shown] == []
    assert "*" in agent.see(customer.conversation_id)["customer"]["name"]


def test_twice_not_understood_brings_a_person(running: Product, agent: Staff) -> None:
    customer = running.customer(ONE)
    first = customer.ask("고양이가 피아노를 쳐요")
    assert customer.read()["owner"] == "bot" and first[-1]["choices"]
    customer.ask("ㅁㄴㅇㄹ ㅋㅋ")
    assert customer.read()["owner"] == "waiting"
    context = agent.see(customer.conversation_id)["context"]
    assert set(context) >= CONTEXT_KEYS
    assert (context["reason"], context["requested_by"]) == ("not_understood", "bot")


def test_understood_in_between_starts_the_count_anew(running: Product) -> None:
    customer = running.customer(ONE)
    for text in ("고양이가 피아노를 쳐요", WHERE_IS_IT, "고양이가 피아노를 쳐요"):
        customer.ask(text)
    assert customer.read()["owner"] == "bot"


@pytest.mark.parametrize(
    ("who", "text", "hears"),
    [
        ("demo-story-07", "왜 인증이 실패했나요?", "스팸함"),
        ("demo-story-08", "왜 차단됐나요", "평소와 다른 접속"),
        ("demo-story-11", "환불 언제 돼요?", "환불될 예정"),
        ("demo-story-12", "쿠폰이 왜 적용이 안 돼요?", "함께 쓸 수 없는 쿠폰"),
        (ONE, "개인정보 얼마나 보관해요?", "5년"),
        ("demo-story-05", "개인정보 삭제해 주세요", "등록된 번호"),
    ],
)
def test_all_topics_are_answered_by_the_bot(running: Product, who: str, text: str, hears: str) -> None:
    customer = running.customer(who)
    assert hears in words(customer.ask(text))
    assert customer.read()["owner"] == "bot"


@pytest.mark.parametrize(
    ("who", "text", "skill"),
    [
        ("demo-story-08", "차단 해제해 주세요", "security_review"),
        ("demo-story-52", "배송이 늦었으니 보상해 주세요", "compensation"),
        (ONE, "위임받은 가족이 대신 개인정보 열람 신청할 수 있나요", "privacy"),
    ],
)
def test_what_somebody_has_to_decide_goes_to_those_who_can(
    running: Product, agent: Staff, who: str, text: str, skill: str
) -> None:
    customer = running.customer(who)
    customer.ask(text)
    assert customer.read()["owner"] == "waiting"
    context = agent.see(customer.conversation_id)["context"]
    assert (context["reason"], context["skill"]) == ("topic_unsupported", skill)
    assert set(context) >= CONTEXT_KEYS
    assert not {"question", "set_aside"} & set(context["slots"])


def test_remedy_after_remedy_and_then_a_person(running: Product, agent: Staff) -> None:
    customer = running.customer("demo-story-07")
    answer, tries = customer.ask("인증번호가 안 와요"), 0
    while customer.read()["owner"] == "bot":
        tries += 1
        pressed = next(choice for choice in answer[-1]["choices"] if choice["label"] == "아직 안 돼요")
        answer = customer.answer_to(customer.choose(pressed))
    context = agent.see(customer.conversation_id)["context"]
    assert context["skill"] == "verification"
    assert tries >= 3 and context["tried"].count("action_not_solved") == tries


def test_the_bot_is_silent_while_a_person_answers_and_back_afterwards(running: Product, agent: Staff) -> None:
    customer = running.customer(ONE)
    customer.ask("상담원 연결해 주세요")
    agent.do(customer.conversation_id, "claim")
    customer.say(WHERE_IS_IT)
    agent.do(customer.conversation_id, "return-to-bot")
    answer = customer.ask("주문 내역 보여 주세요")
    assert cards(answer) and "러닝화" in cards(answer)[0]["title"]
    said = [message for message in customer.read()["messages"] if message["author"] == "bot"]
    assert sum(bool(message["cards"]) for message in said) == 1


def test_the_demo_stories_are_all_answered(running: Product) -> None:
    lines = json.loads(running.ieum("demo", "stories", "--json"))["lines"]
    assert {line["topic"] for line in lines} >= {"verification", "blocks", "delivery", "orders", "privacy"}
    for line, following in itertools.pairwise(lines):
        if line["author"] == "customer":
            assert line["text"] and (following["topic"], following["author"]) == (line["topic"], "bot"), line
