"""A trainer in a real browser: two utterances the bot was unsure of, one given its meaning, one set aside."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import DESKTOP, OpenPage
from tests.product import ARTIFACTS, Product

UNSURE, IDLE = "스티커 위에 빨간 글씨는 왜 있죠", "어제 온 문자 뭐예요"


def candidate(page: Page, text: str) -> Locator:
    return page.get_by_test_id("candidate").filter(has_text=text)


def test_a_trainer_gives_one_utterance_its_meaning_and_sets_another_aside(
    running: Product, open_page: OpenPage
) -> None:
    # Each in a conversation of its own: what the bot makes of an unclear sentence, a person included, is not the point.
    for said in (UNSURE, "택배 언제 와요?", IDLE):
        running.customer("demo-story-01").ask(said)
    page = open_page("/studio", DESKTOP)
    page.locator("input[name=login]").fill("trainer")
    page.locator("input[name=password]").fill(running.passwords["trainer"])
    page.keyboard.press("Enter")

    expect(candidate(page, UNSURE)).to_be_visible()
    candidate(page, UNSURE).get_by_test_id("other-intent").click()
    page.get_by_test_id("intent-search").fill("배송")
    page.screenshot(path=ARTIFACTS / "studio.png")
    candidate(page, UNSURE).locator(".intents [data-intent=delivery_status]").click()
    expect(candidate(page, UNSURE)).to_have_count(0)
    expect(page.get_by_test_id("said")).to_contain_text(UNSURE)
    expect(page.get_by_test_id("labelled-count")).to_contain_text("1")
    candidate(page, IDLE).get_by_test_id("dismiss").click()
    expect(candidate(page, IDLE)).to_have_count(0)

    page.reload()
    expect(page.get_by_test_id("labelled-count")).to_contain_text("1")
    expect(candidate(page, UNSURE).or_(candidate(page, IDLE))).to_have_count(0)
    written = "".join(file.read_text() for file in (running.folder / "training/nlu/curated").glob("*.yml"))
    assert UNSURE in written and IDLE not in written


def test_an_agent_is_told_that_the_studio_is_not_theirs(running: Product, open_page: OpenPage) -> None:
    page = open_page("/studio", DESKTOP)
    page.locator("input[name=login]").fill("agent1")
    page.locator("input[name=password]").fill(running.passwords["agent1"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("쓸 수 있는 계정이 아니에요")
    expect(page.get_by_test_id("candidate")).to_have_count(0)
