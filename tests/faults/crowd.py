"""Customers who go on writing while something is broken, and the account of what came of every message.

They write as the pages do: what could not be sent is sent again under the same id. Some wait for each
answer, some send several messages before they look. Every question has one known answer, so that a lost one, a second one and one in
the wrong place are all seen.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from threading import Event
from typing import Any

from tests.people import Customer
from tests.product import Product

Json = dict[str, Any]
Answers = dict[str, list[str]]
QUESTIONS = ("택배 언제 와요?", "적립금 얼마 있어요?", "주문 내역 보여 주세요", "쿠폰은 어디에 쓸 수 있어요?")
CUSTOMERS = ("demo-story-01", "demo-story-02", "demo-story-04", "demo-story-05", None)
PATIENCE_S = 60.0  # how long a page tries; longer than any outage that is allowed
SETTLED_WITHIN_S = 60.0
_learnt: dict[tuple[str, str | None], Answers] = {}
APOLOGIES = ("죄송해요. 지금 자동 응답이", "죄송해요. 정보를 조회하는 중에")


@dataclass(frozen=True)
class Account:
    """What came of accepted messages: each was answered once, or waits for a person with its conversation."""

    accepted_count: int
    answered_count: int
    handed_over_count: int
    slowest_s: float


@dataclass
class Talk:
    """One customer's conversation; `answers` are the bot's to this customer."""

    customer: Customer
    answers: Answers
    waits: bool
    slowest_s: float = 0.0

    def write(self, questions: Iterator[str], thinking_s: float) -> None:
        """Send one question after the other; wait for each answer, or for every fourth only."""
        for number, question in enumerate(questions, start=1):
            time.sleep(thinking_s)
            seq, asked_at = self.customer.say(question), time.monotonic()
            if self.waits or number % len(QUESTIONS) == 0:
                self.customer.read_until(is_seen_to, after=seq, within_s=PATIENCE_S)
                self.slowest_s = max(self.slowest_s, time.monotonic() - asked_at)

    def settle(self) -> int:
        """Wait until nothing is owed, check that nothing was lost or said twice; return how many were answered."""
        deadline = time.monotonic() + SETTLED_WITHIN_S
        while (answered_count := self._examine()) is None:
            assert time.monotonic() < deadline, (
                f"after {SETTLED_WITHIN_S} s an answer is owed: {self.customer.read_all()}"
            )
            self.customer.read(wait_s=1)
        return answered_count

    def _examine(self) -> int | None:
        view = self.customer.read_all()
        messages = view["messages"]
        assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
        stored = [(m["client_msg_id"], m["text"], m["seq"]) for m in messages if m["author"] == "customer"]
        assert stored == [(sent.client_msg_id, sent.text, sent.seq) for sent in self.customer.sent]
        said = [message["text"] for message in messages if message["author"] == "bot"]
        answered_count = 0
        for sent in self.customer.sent:
            answer = self.answers[sent.text]
            if said[: len(answer)] != answer:
                break
            said = said[len(answer) :]
            answered_count += 1
        if view["owner"] == "waiting":
            assert view["position"] >= 1 and messages[-1]["author"] in {"system", "customer"}
            assert len(said) <= 1 and all(text.startswith(APOLOGIES) for text in said), said
            return answered_count
        assert view["owner"] == "bot" and said == [], f"said beyond the answers: {said}"
        return answered_count if answered_count == len(self.customer.sent) else None


def is_seen_to(view: Json) -> bool:
    """Tell whether the bot has answered, or has nothing to say any more because a person will."""
    return view["messages"] != [] or view["owner"] != "bot"


class Crowd:
    """Five customers at once."""

    def __init__(self, product: Product) -> None:
        self._talks = [
            Talk(product.customer(one, patience_s=PATIENCE_S), learn_answers(product, one), waits=number % 2 == 0)
            for number, one in enumerate(CUSTOMERS)
        ]

    @property
    def accepted_count(self) -> int:
        """How many messages the product has said that it has."""
        return sum(len(talk.customer.sent) for talk in self._talks)

    @contextmanager
    def writing(self, *, each: int, until: Event | None = None, thinking_s: float = 0.0) -> Iterator[None]:
        """Let everybody write during the block: `each` messages, and on until `until` is set."""
        with ThreadPoolExecutor(len(self._talks), thread_name_prefix="customer") as pool:
            running = [pool.submit(talk.write, self._questions(each, until), thinking_s) for talk in self._talks]
            try:
                yield
            finally:
                if until is not None:
                    until.set()
                _join(running)

    def write_and_leave(self) -> None:
        """Let everybody send a few messages, look at no answer and write nothing more."""
        for question in QUESTIONS[:3]:
            for talk in self._talks:
                talk.customer.say(question)

    def wait_until_accepted(self, wanted_count: int) -> None:
        """Return when so many messages are in."""
        deadline = time.monotonic() + SETTLED_WITHIN_S
        while self.accepted_count < wanted_count:
            assert time.monotonic() < deadline, f"only {self.accepted_count} messages were accepted"
            time.sleep(0.005)

    def settle(self) -> Account:
        """Wait until nothing is owed to anybody and return the account. Fails for anything lost or doubled."""
        answered_count = sum(talk.settle() for talk in self._talks)
        slowest_s = max(talk.slowest_s for talk in self._talks)
        return Account(self.accepted_count, answered_count, self.accepted_count - answered_count, slowest_s)

    def _questions(self, each: int, until: Event | None) -> Iterator[str]:
        for number in count():
            if number >= each and (until is None or until.is_set()):
                return
            yield QUESTIONS[number % len(QUESTIONS)]


def learn_answers(product: Product, customer_id: str | None) -> Answers:
    """Return what the bot answers this customer to each question; asked twice, so that it is sure to be the same."""
    if (product.base_url, customer_id) not in _learnt:
        customer = product.customer(customer_id)
        first, again = ({text: texts_of(customer.ask(text)) for text in QUESTIONS} for _ in range(2))
        assert first == again
        _learnt[product.base_url, customer_id] = first
    return _learnt[product.base_url, customer_id]


def texts_of(answer: list[Json]) -> list[str]:
    """Return the bubbles of an answer. Fails when it was none of the bot's."""
    assert {message["author"] for message in answer} == {"bot"}
    return [message["text"] for message in answer]


def _join(running: list[Future[None]]) -> None:
    for one in running:
        one.result()
