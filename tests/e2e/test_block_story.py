"""A block in a real browser: what an agent may not lift, a supervisor lifts, by keyboard and on a phone's width."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, PHONE, OpenPage
from tests.e2e.test_handoff_story import log_in, pick_customer, queue_item, write
from tests.product import ARTIFACTS, Product

BLOCKED = "demo-story-14"
WHY = "신분증을 보고 본인인 것을 확인했어요"


def open_talk(page: Page, product: Product, login: str, conversation_id: str) -> None:
    log_in(page, product, login)
    queue_item(page, conversation_id).click()


def test_a_block_is_lifted_at_the_desk_with_a_reason(running: Product, open_page: OpenPage) -> None:
    customer = open_page("/", PHONE)
    conversation_id = pick_customer(customer, BLOCKED)
    write(customer, "chat-input", "차단 해제해 주세요")

    # An agent reads why and who can lift it.
    agent = open_page("/desk", DESKTOP)
    open_talk(agent, running, "agent2", conversation_id)
    panel = agent.get_by_test_id("blocks-panel")
    expect(panel).to_contain_text("명의 도용 의심")
    expect(panel).to_contain_text("팀장님이 풀 수 있어요")
    expect(agent.get_by_test_id("lift")).to_have_count(0)

    # A supervisor sees it on a phone, and lifts it without a mouse.
    lead = open_page("/desk", PHONE)
    open_talk(lead, running, "supervisor", conversation_id)
    lead.get_by_text("손님 정보", exact=True).click()
    lead.get_by_test_id("lift").click()
    expect(lead.get_by_test_id("lift-why")).to_be_visible()
    lead.screenshot(path=ARTIFACTS / "lift-phone.png")
    assert lead.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    lead.keyboard.press("Escape")
    lead.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    lead.get_by_test_id("lift").focus()
    lead.keyboard.press("Enter")
    expect(lead.get_by_test_id("lift-send")).to_be_disabled()
    lead.get_by_test_id("lift-why").focus()
    lead.keyboard.type("....")
    expect(lead.get_by_test_id("lift-send")).to_be_disabled()
    lead.get_by_test_id("lift-why").fill(WHY)
    expect(lead.get_by_test_id("lift-send")).to_be_enabled()
    lead.screenshot(path=ARTIFACTS / "lift.png")
    lead.get_by_test_id("lift-send").press("Enter")
    expect(lead.get_by_test_id("blocks-panel")).to_contain_text(WHY)
    expect(lead.get_by_test_id("lift")).to_have_count(0)
    lead.screenshot(path=ARTIFACTS / "lifted.png")
