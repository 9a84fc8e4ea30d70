"""The story of one handoff in a real browser, from the customer's phone and the agent's screen at once."""

from __future__ import annotations

import re
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import DESKTOP, PHONE, OpenPage
from tests.product import ARTIFACTS, Product

SEVERAL = "demo-story-02"
HUMIDIFIER = "가습기"


def pick_customer(page: Page, customer_id: str) -> str:
    """Choose a demo customer and return the id of the conversation that begins."""
    with page.expect_response("**/api/chat/conversations") as opened:
        page.locator(f"[data-testid=customer][data-customer={customer_id}]").click()
    return str(opened.value.json()["conversation_id"])


def write(page: Page, field: str, text: str) -> None:
    """Type into a field and send with Enter."""
    page.get_by_test_id(field).click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id(field)).to_have_value("")


def log_in(page: Page, product: Product, login: str) -> None:
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill(product.passwords[login])
    page.keyboard.press("Enter")


def said_by(page: Page, author: str, text: str) -> Locator:
    return page.locator(f"[data-testid=chat-log] [data-author={author}]").filter(has_text=text)


def queue_item(page: Page, conversation_id: str) -> Locator:
    return page.locator(f"[data-testid=queue-item][data-conversation={conversation_id}]")


def speaker(page: Page, owner: str) -> Locator:
    return page.locator(f"[data-testid=speaker][data-owner={owner}]")


def stay(page: Page) -> None:
    """Leave a mark on the page that a reload would wipe off."""
    page.evaluate("window.sinceTheStart = true")


def has_stayed(page: Page) -> bool:
    return page.evaluate("window.sinceTheStart === true") is True


def test_a_customer_and_an_agent_tell_the_whole_story(running: Product, open_page: OpenPage) -> None:
    agent = open_page("/desk", DESKTOP)
    log_in(agent, running, "agent1")
    expect(agent.locator("[data-testid=live][data-state=live]")).to_be_visible()
    customer = open_page("/", PHONE)
    conversation_id = pick_customer(customer, SEVERAL)
    stay(customer)
    stay(agent)
    waiting = queue_item(agent, conversation_id)

    # The bot answers, and says that it is one and what is kept.
    greeting = customer.get_by_test_id("chat-log")
    expect(greeting).to_contain_text("자동 상담")
    expect(greeting).to_contain_text(re.compile("1년.*보관"))
    write(customer, "chat-input", "택배 언제 와요?")
    expect(customer.get_by_test_id("choice")).to_have_count(3)
    customer.get_by_test_id("choice").filter(has_text=HUMIDIFIER).click()
    expect(customer.get_by_test_id("card")).to_contain_text(HUMIDIFIER)

    # A person is asked for, and the agent sees it.
    expect(waiting).to_have_count(0)
    write(customer, "chat-input", "상담원 연결해 주세요")
    expect(speaker(customer, "waiting")).to_be_visible()
    expect(customer.get_by_test_id("position")).to_contain_text(re.compile("다음 순서|앞에 [0-9]+명"))
    waiting.click()
    card = agent.get_by_test_id("context-card")
    expect(card).to_contain_text("상담원 요청")
    expect(card).to_contain_text(HUMIDIFIER)
    expect(agent.get_by_test_id("transcript")).to_contain_text("상담원 연결해 주세요")
    expect(agent.get_by_test_id("customer-panel")).to_contain_text("이*윤")
    agent.get_by_test_id("claim").click()

    # They talk; a note stays among colleagues.
    expect(speaker(customer, "human")).to_contain_text("김다정 상담원")
    expect(customer.get_by_test_id("position")).to_have_count(0)
    write(agent, "reply-input", "안녕하세요, 가습기 배송을 확인해 드릴게요.")
    expect(said_by(customer, "agent", "가습기 배송을 확인해")).to_have_count(1)
    agent.get_by_test_id("note").click()
    write(agent, "note-input", "물류센터에 다시 물어볼 것")
    expect(agent.get_by_test_id("note-item")).to_contain_text("물류센터에 다시 물어볼 것")
    write(customer, "chat-input", "내일은 꼭 받고 싶어요")
    expect(agent.get_by_test_id("transcript")).to_contain_text("내일은 꼭 받고 싶어요")
    customer.screenshot(path=ARTIFACTS / "customer.png")
    agent.screenshot(path=ARTIFACTS / "agent.png")
    expect(said_by(customer, "bot", "이해하지 못했어요")).to_have_count(0)

    # Back to the bot, which answers again.
    agent.get_by_test_id("return-to-bot").click()
    agent.get_by_test_id("confirm-yes").click()
    expect(speaker(customer, "bot")).to_be_visible()
    write(customer, "chat-input", "주문 내역 보여 주세요")
    expect(said_by(customer, "bot", "주문하신 3건")).to_have_count(1)

    # Once more a person, who ends it.
    write(customer, "chat-input", "상담원 연결해 주세요")
    waiting.click()
    agent.get_by_test_id("claim").click()
    agent.get_by_test_id("close").click()
    agent.get_by_test_id("confirm-yes").click()
    expect(speaker(customer, "closed")).to_be_visible()

    assert has_stayed(customer) and has_stayed(agent)
    assert "물류센터에 다시" not in customer.content()
    assert customer.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    sent = customer.locator("[data-author=customer] .bubble").all_text_contents()
    assert [text for text in sent if HUMIDIFIER not in text] == [
        "택배 언제 와요?",
        "상담원 연결해 주세요",
        "내일은 꼭 받고 싶어요",
        "주문 내역 보여 주세요",
        "상담원 연결해 주세요",
    ]


def test_a_customer_who_comes_back_finds_everything(running: Product, open_page: OpenPage) -> None:
    customer = open_page("/", PHONE)
    pick_customer(customer, SEVERAL)
    write(customer, "chat-input", "택배 언제 와요?")
    expect(customer.get_by_test_id("choice")).to_have_count(3)
    before = customer.locator("[data-seq]").all_text_contents()
    customer.reload()
    expect(customer.get_by_test_id("choice")).to_have_count(3)
    assert customer.locator("[data-seq]").all_text_contents() == before


def test_two_people_need_nothing_but_the_keyboard(running: Product, open_page: OpenPage) -> None:
    customer, agent = open_page("/", PHONE), open_page("/desk", DESKTOP)
    expect(agent.get_by_test_id("login-form")).to_be_visible()
    go_to(agent, "input[name=login]")
    agent.keyboard.type("agent2")
    agent.keyboard.press("Tab")
    agent.keyboard.type(running.passwords["agent2"])
    agent.keyboard.press("Enter")
    expect(agent.locator("[data-testid=live][data-state=live]")).to_be_visible()

    with customer.expect_response("**/api/chat/conversations") as opened:
        go_to(customer, f"[data-customer={SEVERAL}]")
        customer.keyboard.press("Enter")
    conversation_id = opened.value.json()["conversation_id"]
    say(customer, "택배 언제 와요?")
    expect(customer.get_by_test_id("choice")).to_have_count(3)
    go_to(customer, "[data-testid=choice]", key="Shift+Tab")
    customer.keyboard.press("Space")
    expect(customer.get_by_test_id("card")).to_have_count(1)
    say(customer, "상담원 연결해 주세요")

    expect(queue_item(agent, conversation_id)).to_be_visible()
    go_to(agent, f"[data-conversation={conversation_id}]")
    agent.keyboard.press("Enter")
    expect(agent.get_by_test_id("claim")).to_be_visible()
    agent.keyboard.press("c")
    expect(agent.get_by_test_id("reply-input")).to_be_visible()
    agent.keyboard.press("r")
    expect(agent.get_by_test_id("reply-input")).to_be_focused()
    agent.keyboard.type("네, 무엇을 도와드릴까요?")
    agent.keyboard.press("Enter")
    expect(said_by(customer, "agent", "무엇을 도와드릴까요?")).to_have_count(1)
    go_to(agent, "[data-testid=close]", key="Shift+Tab")
    agent.keyboard.press("Enter")
    go_to(agent, "[data-testid=confirm-yes]")
    agent.keyboard.press("Enter")
    expect(speaker(customer, "closed")).to_be_visible()


def test_enter_that_ends_a_syllable_does_not_send(open_page: OpenPage) -> None:
    customer = open_page("/", PHONE)
    pick_customer(customer, SEVERAL)
    field = customer.get_by_test_id("chat-input")
    field.click()
    input_method = customer.context.new_cdp_session(customer)
    composed = {"text": "안녕하세요", "selectionStart": 5, "selectionEnd": 5}
    input_method.send("Input.imeSetComposition", composed)
    pressed = {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
    input_method.send("Input.dispatchKeyEvent", pressed)
    expect(field).to_have_value("안녕하세요")
    expect(customer.locator("[data-author=customer], [data-testid=outgoing]")).to_have_count(0)
    input_method.send("Input.insertText", {"text": "안녕하세요"})
    expect(field).to_have_value("안녕하세요")
    customer.keyboard.press("Enter")
    expect(customer.locator("[data-author=bot]").filter(has_text="이음 자동 상담")).to_have_count(1)
    assert customer.locator("[data-author=customer] .bubble").all_text_contents() == ["안녕하세요"]


def test_what_looks_like_markup_is_shown_as_text(running: Product, open_page: OpenPage) -> None:
    customer, marker = open_page("/", PHONE), uuid4().hex[:8]
    conversation_id = pick_customer(customer, SEVERAL)
    text = f"<img src=x onerror=\"document.title='{marker}'\"><b>굵게</b> 상담원 연결해 주세요"
    write(customer, "chat-input", text)
    expect(said_by(customer, "customer", text)).to_have_count(1)
    agent = open_page("/desk", DESKTOP)
    log_in(agent, running, "agent1")
    write(customer, "chat-input", "상담원 연결해 주세요")
    queue_item(agent, conversation_id).click()
    expect(agent.get_by_test_id("transcript")).to_contain_text(text)
    assert marker not in customer.title() + agent.title()


def say(page: Page, text: str) -> None:
    """Type and send without a mouse."""
    go_to(page, "[data-testid=chat-input]")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def go_to(page: Page, selector: str, *, key: str = "Tab", most: int = 80) -> None:
    """Press a key until what is looked for has the focus, which must then be visible."""
    expect(page.locator(selector).first).to_be_visible()
    for _ in range(most):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} is not reached with {key}")
