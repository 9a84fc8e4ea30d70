"""The checker finds every kind of wrong: one good history, and each wrong planted into a copy of it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace

import pytest

from ops.faults.checker import KINDS, check, count
from ops.faults.history import (
    Bubble,
    Changed,
    History,
    Page,
    Sent,
    Shown,
    Stored,
    StoredConversation,
    StoredEvent,
    StoredMessage,
    StoredTurn,
    Waiting,
)

C, K, ANNA, BEN = "c_1", "c_2", "a_anna", "a_ben"


@dataclass
class Run:
    """A history with what the store holds."""

    history: History
    stored: Stored

    def found(self) -> set[str]:
        """Return the kinds of violations there are."""
        return {violation.kind for violation in check(self.history, self.stored)}


def make_run() -> Run:
    """A customer asks the bot, wants a person, gets Anna, who answers and closes; a KakaoTalk user is Ben's."""
    rows = [
        (C, 1, "customer", "안녕하세요", "m1", None, "t1"),
        (C, 2, "bot", "안녕하세요.", None, None, "t2"),
        (C, 3, "customer", "상담원", "m2", None, "t3"),
        (C, 4, "bot", "불러 드릴게요.", None, None, "t4"),
        (C, 5, "system", "기다리고 있어요.", None, None, "t4"),
        (C, 6, "customer", "계세요?", "m3", None, "t5"),
        (C, 7, "system", "연결되었어요.", None, None, "t6"),
        (C, 8, "agent", "네, 고객님", "m4", ANNA, "t7"),
        (C, 9, "system", "종료되었어요.", None, None, "t8"),
        (K, 1, "customer", "상담원", "kakao:r1", None, "t1"),
        (K, 2, "system", "기다리고 있어요.", None, None, "t2"),
        (K, 3, "system", "연결되었어요.", None, None, "t3"),
        (K, 4, "agent", "도와드릴게요", "m5", BEN, "t4"),
    ]
    stored = Stored(
        conversations={
            C: StoredConversation(C, "web", "closed", 5, 9, None),
            K: StoredConversation(K, "kakao", "human", 3, 4, BEN),
        }
    )
    for row in rows:
        stored.messages[row[0]].append(StoredMessage(*row))
    stored.turns[C] = [StoredTurn(C, 1, "done", "t2"), StoredTurn(C, 3, "done", "t4")]
    stored.turns[K] = [StoredTurn(K, 1, "done", "t2")]
    stored.events[C] = [
        StoredEvent(C, 3, "handed_over", "bot"),
        StoredEvent(C, 4, "claimed", ANNA),
        StoredEvent(C, 5, "closed", ANNA),
    ]
    stored.events[K] = [StoredEvent(K, 2, "handed_over", "bot"), StoredEvent(K, 3, "claimed", BEN)]
    bubbles = [Bubble(row[1], row[2], row[3]) for row in rows if row[0] == C]
    sent = [
        Sent("web", C, "m1", "안녕하세요", 0, accepted_s=1, seqs={1}),
        Sent("web", C, "m2", "상담원", 0, accepted_s=1, seqs={3}),
        Sent("web", C, "m3", "계세요?", 0, accepted_s=1, seqs={6}),
        Sent("desk", C, "m4", "네, 고객님", 0, ANNA, 4, 1, {8}),
        Sent("kakao", "user", "kakao:r1", "상담원", 0, accepted_s=1),
        Sent("desk", K, "m5", "도와드릴게요", 0, BEN, 3, 1, {4}),
        Sent("web", C, "m6", "들리나요", 0),  # nobody knows: it may be stored or not
    ]
    changed = [
        Changed("claimed", C, ANNA, 3, 0, 1, "done", 4, 7),
        Changed("claimed", C, BEN, 3, 0, 1, "refused"),
        Changed("closed", C, ANNA, 4, 2, 3, "done", 5, 9),
        Changed("claimed", K, BEN, 2, 0, 1, "done", 3, 3),
    ]
    queue = (Waiting(K, 2, 2, "10:02"), Waiting(C, 3, 1, "10:00"), Waiting("c_3", 2, 1, "10:01"))
    history = History(
        sent=sent,
        changed=changed,
        pages=[Page(C, "poll", list(bubbles), fresh=list(bubbles))],
        queues=[queue],
        shown=[
            Shown("user", "r1", [("상담원에게 전달했어요.",)]),
            Shown("user", "r2", [("[상담원 Ben]\n도와드릴게요",)]),
        ],
    )
    return Run(history, stored)


def test_a_good_history_has_no_violation() -> None:
    run = make_run()
    assert check(run.history, run.stored) == []
    assert count([]) == dict.fromkeys(KINDS, 0)


def test_what_nobody_was_told_is_accepted_may_be_stored_or_not() -> None:
    run = make_run()
    _append(run, StoredMessage(C, 10, "customer", "들리나요", "m6", None, "t9"))
    assert run.found() == set()


def _append(run: Run, message: StoredMessage) -> None:
    of_one = run.stored.messages[message.conversation_id]
    of_one.append(message)
    known = run.stored.conversations[message.conversation_id]
    run.stored.conversations[message.conversation_id] = replace(known, last_seq=message.seq)


def accepted_but_not_stored(run: Run) -> None:
    run.stored.messages[C][5] = replace(run.stored.messages[C][5], client_msg_id="other", author="system")


def stored_with_other_words(run: Run) -> None:
    run.stored.messages[C][0] = replace(run.stored.messages[C][0], text="안녕히 계세요")
    run.history.pages.clear()


def stored_under_another_seq(run: Run) -> None:
    run.history.sent[2].seqs = {7}


def a_claim_without_its_event(run: Run) -> None:
    run.history.changed[3].new_version = 9


def never_shown_in_kakaotalk(run: Run) -> None:
    run.history.shown.pop()


def accepted_under_two_seqs(run: Run) -> None:
    run.history.sent[2].seqs = {6, 7}


def a_message_stored_twice(run: Run) -> None:
    _append(run, StoredMessage(C, 10, "customer", "계세요?", "m3", None, "t9"))


def a_request_stored_in_two_conversations(run: Run) -> None:
    run.stored.conversations["c_9"] = StoredConversation("c_9", "kakao", "bot", 1, 1, None)
    run.stored.messages["c_9"].append(StoredMessage("c_9", 1, "customer", "상담원", "kakao:r1", None, "t9"))
    run.stored.turns["c_9"].append(StoredTurn("c_9", 1, "dropped", "t9"))


def an_agents_message_stored_twice(run: Run) -> None:
    _append(run, StoredMessage(K, 5, "agent", "도와드릴게요", "m5b", BEN, "t9"))


def a_second_answer_of_the_bot(run: Run) -> None:
    run.stored.messages[C].insert(2, StoredMessage(C, 3, "bot", "안녕하세요.", None, None, "t2b"))
    for place, message in enumerate(run.stored.messages[C]):
        run.stored.messages[C][place] = replace(message, seq=place + 1)
    run.stored.conversations[C] = replace(run.stored.conversations[C], last_seq=10)


def shown_twice_in_kakaotalk(run: Run) -> None:
    run.history.shown.append(Shown("user", "r3", [("[상담원 Ben]\n도와드릴게요",)]))


def a_hole_in_the_store(run: Run) -> None:
    del run.stored.messages[C][4]
    run.history.pages.clear()


def a_last_seq_that_is_not_there(run: Run) -> None:
    run.stored.conversations[C] = replace(run.stored.conversations[C], last_seq=10)


def a_hole_on_a_page(run: Run) -> None:
    del run.history.pages[0].bubbles[4]


def two_told_that_they_won(run: Run) -> None:
    run.history.changed[1].outcome = "done"
    run.history.changed[1].new_version = 4


def claimed_out_of_the_bots_hands(run: Run) -> None:
    run.stored.events[C].pop(0)


def claimed_twice(run: Run) -> None:
    run.stored.events[C].insert(2, StoredEvent(C, 4, "claimed", BEN))


def held_by_another_than_who_claimed(run: Run) -> None:
    run.stored.conversations[K] = replace(run.stored.conversations[K], agent_id=ANNA)


def held_by_nobody_after_a_claim(run: Run) -> None:
    run.stored.conversations[K] = replace(run.stored.conversations[K], owner="waiting")


def an_agent_who_wrote_at_anothers_version(run: Run) -> None:
    run.history.sent[3].agent_id = BEN


def an_agent_who_wrote_after_the_close(run: Run) -> None:
    run.history.sent[3].version = 5


def the_bot_spoke_while_a_person_had_it(run: Run) -> None:
    run.stored.messages[C][7] = StoredMessage(C, 8, "bot", "네, 고객님", None, None, "t4")


def another_agent_spoke(run: Run) -> None:
    run.stored.messages[C][7] = replace(run.stored.messages[C][7], author_id=BEN)


def a_page_that_missed_the_end(run: Run) -> None:
    del run.history.pages[0].bubbles[-1]


def a_page_with_other_words(run: Run) -> None:
    run.history.pages[0].bubbles[3] = Bubble(4, "bot", "네?")


def a_page_shown_two_contents(run: Run) -> None:
    page = Page(C, "socket", list(run.history.pages[0].bubbles), fresh=run.history.pages[0].fresh)
    page.show([Bubble(4, "bot", "네?")])
    run.history.pages.append(page)


def a_fresh_reading_of_what_is_not_stored(run: Run) -> None:
    for held in (run.history.pages[0].bubbles, run.history.pages[0].fresh or []):
        held.append(Bubble(10, "bot", "또 오세요"))


def the_later_served_first(run: Run) -> None:
    head, first, second = run.history.queues[0]
    run.history.queues.append((head, second, first))


def twice_in_the_queue(run: Run) -> None:
    run.history.queues.append((run.history.queues[0][0],) * 2)


def given_neither_to_bot_nor_people(run: Run) -> None:
    run.stored.conversations["c_4"] = StoredConversation("c_4", "web", "bot", 1, 1, None)
    run.stored.messages["c_4"].append(StoredMessage("c_4", 1, "customer", "여보세요", "m9", None, "t1"))
    run.history.sent.append(Sent("web", "c_4", "m9", "여보세요", 0, accepted_s=1, seqs={1}))


def dropped_and_no_one_took_over(run: Run) -> None:
    given_neither_to_bot_nor_people(run)
    run.stored.turns["c_4"].append(StoredTurn("c_4", 1, "dropped", "t2"))


def still_queued(run: Run) -> None:
    given_neither_to_bot_nor_people(run)
    run.stored.turns["c_4"].append(StoredTurn("c_4", 1, "queued", None))


def said_to_be_answered_without_an_answer(run: Run) -> None:
    given_neither_to_bot_nor_people(run)
    run.stored.turns["c_4"].append(StoredTurn("c_4", 1, "done", "t2"))


WRONGS: dict[str, list[Callable[[Run], None]]] = {
    "lost": [
        accepted_but_not_stored,
        stored_with_other_words,
        stored_under_another_seq,
        a_claim_without_its_event,
        never_shown_in_kakaotalk,
    ],
    "duplicated": [
        accepted_under_two_seqs,
        a_message_stored_twice,
        a_request_stored_in_two_conversations,
        an_agents_message_stored_twice,
        a_second_answer_of_the_bot,
        shown_twice_in_kakaotalk,
    ],
    "gaps": [a_hole_in_the_store, a_last_seq_that_is_not_there, a_hole_on_a_page],
    "double_owner": [
        two_told_that_they_won,
        claimed_out_of_the_bots_hands,
        claimed_twice,
        held_by_another_than_who_claimed,
        held_by_nobody_after_a_claim,
        an_agent_who_wrote_at_anothers_version,
        an_agent_who_wrote_after_the_close,
        the_bot_spoke_while_a_person_had_it,
        another_agent_spoke,
    ],
    "diverged": [
        a_page_that_missed_the_end,
        a_page_with_other_words,
        a_page_shown_two_contents,
        a_fresh_reading_of_what_is_not_stored,
    ],
    "out_of_order": [the_later_served_first, twice_in_the_queue],
    "unanswered": [
        given_neither_to_bot_nor_people,
        dropped_and_no_one_took_over,
        still_queued,
        said_to_be_answered_without_an_answer,
    ],
}


@pytest.mark.parametrize(
    ("kind", "plant"),
    [pytest.param(kind, plant, id=plant.__name__) for kind, plants in WRONGS.items() for plant in plants],
)
def test_a_planted_wrong_is_found_by_its_name(kind: str, plant: Callable[[Run], None]) -> None:
    run = make_run()
    before = deepcopy(run)
    plant(run)
    assert run != before
    assert kind in run.found()


def test_every_kind_of_wrong_is_planted() -> None:
    assert set(WRONGS) == set(KINDS)


def test_whose_agent_vanished_may_go_before_those_who_wait_longer() -> None:
    run = make_run()
    run.stored.events["c_5"].append(StoredEvent("c_5", 6, "agent_gone", "system"))
    run.history.queues.append((Waiting("c_5", 6, 1, "10:09"), Waiting("c_6", 2, 1, "10:00")))
    assert run.found() == set()
