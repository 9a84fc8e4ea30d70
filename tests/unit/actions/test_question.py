"""What the bot asked last, as it is kept between turns."""

from __future__ import annotations

from typing import Any

import pytest

from actions.question import KINDS, OPEN_KINDS, Question


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_question_is_read_as_it_was_written(kind: str) -> None:
    question = Question(kind, "order_cancel", 2)
    assert Question.read(question.write()) == question
    assert question.is_open == (kind in OPEN_KINDS)


@pytest.mark.parametrize(
    "written", [None, "", "order", "order:x", "order:x:", "order:x:-1", "other:x:0", 3, ["order:x:0"]]
)
def test_anything_else_is_no_question(written: Any) -> None:
    assert Question.read(written) is None
