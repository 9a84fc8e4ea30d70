"""Blocks: why the customer is kept out, until when, what works meanwhile, and who may lift it sooner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar

from actions import codes, handing_over, phrases
from actions.base import Shop, ShopAction, Turn
from actions.phrases import PERSON, near_date
from actions.reply import Choice, Reply
from actions.skills import Skills
from backoffice.blocking.early_release import EarlyRelease
from backoffice.blocking.policy import (
    Block,
    BlockRule,
    Terms,
    find_ended,
    find_in_the_way,
    find_longest,
    list_holding,
    set_terms,
)
from backoffice.blocking.rules import load_block_rules
from backoffice.blocking.service import list_blocks
from backoffice.identity.tables import CodePurpose
from kernel import korean
from kernel.clock import KST

_LIFT = Choice("지금 풀어 달라고 하기", "unblock_request")
_VERIFY = Choice("인증이 안 돼요", "verify_failed_reason")
_LIFTED_RECENTLY_DAYS = 7


class ActionBlockStatus(ShopAction):
    """Tells the block that holds: its reason in kind words, its end, what works now."""

    action_name: ClassVar[str] = "action_block_status"

    async def answer(self, turn: Turn) -> Reply:
        """Return the block, that there is none, or the wish to log in."""
        if turn.customer_id is None:
            reply = _ask_to_log_in()
        else:
            blocks, now = await list_blocks(self.shop.engine, turn.customer_id), self.shop.clock.now()
            holding = list_holding(blocks, now=now)
            if holding:
                reply = await self._tell(turn, holding)
            else:
                reply = tell_none(find_ended(blocks, now=now), now=now, today=self.shop.today())
        reply.slots["last_topic"] = turn.intent
        return reply

    async def _tell(self, turn: Turn, holding: Sequence[Block]) -> Reply:
        block = find_longest(holding)
        return tell(block, load_block_rules().reasons[block.reason], today=self.shop.today())


class ActionUnblock(ActionBlockStatus):
    """Answers the wish to have it lifted now: by a code where that may be, else by a person who can decide it."""

    action_name: ClassVar[str] = "action_unblock"

    async def _tell(self, turn: Turn, holding: Sequence[Block]) -> Reply:
        rules, block = load_block_rules(), find_longest(holding)
        in_the_way = find_in_the_way(holding, rules)
        reply = Reply(bubbles=["이용이 막혀 많이 불편하셨겠어요.", f"{rules.reasons[block.reason].because}."])
        if in_the_way is not None:
            reply.say("안전을 위해 보안 담당자가 확인한 뒤에만 풀 수 있어요.")
        else:
            offer = await codes.offer_code(self.shop, turn, CodePurpose.LIFT_BLOCK)
            if offer is not None:
                reply.say("본인인 것이 확인되면 지금 바로 풀어 드릴 수 있어요.")
                reply.choices.extend(offer.choices)
                assert offer.question is not None, "an offer is a question"
                return reply.ask(offer.question, *offer.closing)
            reply.say("본인인 것이 다른 방법으로 확인되면 더 일찍 풀어 드릴 수 있어요.")
        if block.auto_release_at is not None:
            reply.say(f"따로 하지 않으셔도 {until(block.auto_release_at, self.shop.today())}에 저절로 풀려요.")
        terms = in_the_way or set_terms(rules, block.reason, block.signals)
        return _pass_on(reply, turn, self.shop.skills, terms)


async def find_told(shop: Shop, customer_id: str) -> Reply | None:
    """Return the block that holds, as somebody hears of it who asks why they cannot get in; None where none holds."""
    holding = list_holding(await list_blocks(shop.engine, customer_id), now=shop.clock.now())
    if not holding:
        return None
    block = find_longest(holding)
    reply = tell(block, load_block_rules().reasons[block.reason], today=shop.today())
    reply.slots["last_topic"] = "block_status"
    return reply


def tell_lifted(done: EarlyRelease, turn: Turn, skills: Skills) -> Reply:
    """Return that a right code let the customer in again, or who has to decide where no code may."""
    reply = Reply(slots={"last_topic": "unblock_request"})
    if done.in_the_way is not None:
        reply.say("안전을 위해 이 이용 제한은 보안 담당자가 확인한 뒤에만 풀 수 있어요.")
        return _pass_on(reply, turn, skills, done.in_the_way)
    reply.say("이용 제한을 풀어 드렸어요. 지금부터 바로 이용하실 수 있어요.")
    reply.choices.extend([_VERIFY, PERSON])
    return reply


def _pass_on(reply: Reply, turn: Turn, skills: Skills, terms: Terms) -> Reply:
    """Return `reply` with the handoff to those who review such a block."""
    handing_over.connect(reply, turn, skills.find("unblock_request"), detail=f"차단 사유 {terms.rule_id}")
    assert reply.handoff is not None, "connecting asks for a person"
    reply.handoff["skill"] = terms.skill
    return reply


def tell(block: Block, rule: BlockRule, *, today: date) -> Reply:
    """Return a block that holds: reason, end, what works meanwhile."""
    reply = Reply(bubbles=["갑자기 이용이 막혀 놀라셨겠어요.", f"{rule.because}."], choices=[_LIFT, PERSON])
    if block.auto_release_at is not None:
        reply.say(f"{until(block.auto_release_at, today)}에 저절로 풀려요.")
    else:
        reply.say("저절로 풀리지 않고, 담당자가 본인을 확인한 뒤에 풀어 드려요.")
    if rule.meanwhile:
        reply.say(rule.meanwhile)
    if rule.avoid:
        reply.tips.append(rule.avoid)
    return reply


def tell_none(ended: tuple[Block, datetime] | None, *, now: datetime, today: date) -> Reply:
    """Return that nothing holds now, with the block that ended lately and how not to be blocked again."""
    reply = Reply(bubbles=["지금은 막혀 있지 않아요. 바로 이용하실 수 있어요."], choices=[_VERIFY, PERSON])
    if ended is not None and (now - ended[1]).days < _LIFTED_RECENTLY_DAYS:
        block, at = ended
        reply.say(f"지난 이용 제한은 {until(at, today)}에 풀렸어요.")
        avoid = load_block_rules().reasons[block.reason].avoid
        if avoid:
            reply.tips.append(avoid)
    return reply


def until(at: datetime, today: date) -> str:
    """Return the moment a block ends, to the minute."""
    local = at.astimezone(KST)
    return f"{near_date(local.date(), today)} {korean.time_of_day(local)}"


def _ask_to_log_in() -> Reply:
    reply = phrases.ask_to_log_in("이용 제한 상태")
    reply.bubbles.insert(1, "인증을 여러 번 틀려 막힌 것이라면 보통 6시간에서 24시간 뒤에 저절로 풀려요.")
    return reply
