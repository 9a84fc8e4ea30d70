"""What stands around a talk in a real browser: the wait, the offer, typing and read marks, prepared words, the rating."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import DESKTOP, PHONE, OpenPage
from tests.e2e.test_handoff_story import SEVERAL, log_in, pick_customer, said_by, speaker, write
from tests.product import Product


def test_a_customer_waits_is_offered_to_an_agent_and_says_how_it_was(running: Product, open_page: OpenPage) -> None:
    for login in ("agent1", "supervisor", "admin"):  # nobody else is asked
        running.staff(login).http.post("/api/desk/logout").raise_for_status()
    customer = open_page("/", PHONE)
    conversation_id = pick_customer(customer, SEVERAL)

    # The wait: place, number, and the way back to the bot.
    write(customer, "chat-input", "상담원 연결해 주세요")
    expect(customer.get_by_test_id("ticket-number")).to_contain_text(re.compile("CS-[0-9]+"))
    customer.get_by_test_id("leave-queue").click()
    customer.get_by_test_id("confirm-yes").click()
    expect(speaker(customer, "bot")).to_be_visible()
    write(customer, "chat-input", "상담원 연결해 주세요")
    expect(customer.get_by_test_id("position")).to_be_visible()

    # The agent is asked, and takes it.
    agent = open_page("/desk", DESKTOP)
    log_in(agent, running, "agent2")
    agent.locator(f".offers [data-conversation={conversation_id}] button").last.click()
    expect(speaker(customer, "human")).to_contain_text("이서준 상담원")
    expect(agent.get_by_test_id("ticket-panel")).to_contain_text("CS-")

    # Prepared words, typing seen on both sides, and that the answer was read.
    agent.get_by_test_id("reply-input").click()
    agent.keyboard.type("/")
    expect(agent.get_by_test_id("macro").first).to_be_visible()
    agent.keyboard.press("Escape")
    agent.keyboard.press("Backspace")
    agent.keyboard.type("바로 확인할게요")
    expect(customer.get_by_text("상담원이 적고 있어요")).to_be_attached()
    agent.keyboard.press("Enter")
    expect(said_by(customer, "agent", "바로 확인할게요")).to_have_count(1)
    expect(agent.get_by_test_id("read-mark")).to_be_visible()
    customer.get_by_test_id("chat-input").click()
    customer.keyboard.type("고맙")
    expect(agent.get_by_test_id("customer-types")).to_be_visible()

    # The end, and how it was.
    agent.get_by_test_id("close").click()
    agent.get_by_test_id("confirm-yes").click()
    agent.get_by_test_id("wrap-up-done").click()
    expect(agent.get_by_test_id("wrap-up")).to_have_count(0)
    customer.locator(".rating-score").nth(4).click()
    customer.get_by_test_id("rating-send").click()
    expect(customer.get_by_test_id("rating-done")).to_contain_text("고마워요")
    assert customer.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
