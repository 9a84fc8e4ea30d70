"""Several intents in one message: "배송도 늦고 보상도 안 해주나요".

The message is cut where Korean joins clauses (a connective ending, a conjunction, the end
of a sentence); both parts are understood on their own, and taken when both are sure and
differ. A part that is only a courtesy, an answer or out of scope is no second wish.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.understanding.prediction import Prediction
from bot.understanding.utterance import Utterance


def _list_words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CONNECTIVES = _list_words(
    """
    고 구 고요 며 으며 면서 으면서 다가 지만 니 니까 으니까 든가 든지 거든요
    는데 은데 ᆫ데 인데 는데요 은데요 ᆫ데요
    """
)
CONJUNCTIONS = _list_words(
    """
    그리고 그리구 글고 또 또한 근데 그런데 그럼 그다음에 추가로 아울러 및
    하고 이랑 랑 과 와
    """
)
ENDS = frozenset({"SF", "SP", "EF"})
GOES_ON = frozenset({"VX", "JX"})  # 알고 싶어요, 오는데요: the clause is not over
NOT_A_WISH = _list_words(
    """
    greet goodbye thanks affirm deny out_of_scope not_solved complaint inform_order
    bot_challenge
    """
)
LEAST_CONFIDENCE = 0.7
LEAST_MORPHEMES = 2  # of a part
MOST_CUTS = 4  # tried; each costs two predictions


def find_intents(
    utterance: Utterance,
    whole: Prediction,
    predict: Callable[[Utterance], Prediction],
) -> tuple[str, ...]:
    """Intents of a message in the order they are said; one where it has one wish.

    Empty when nothing of the message is known. `whole` is its prediction as one.
    """
    single = tuple(label for label, _ in whole.ranking[:1])
    if not single or single[0] in NOT_A_WISH:
        return single
    found, score = single, 0.0
    for cut in find_cuts(utterance):
        first = _read_wish(predict(utterance.part(0, cut)))
        if first is None:
            continue  # the other part need not be asked for
        second = _read_wish(predict(utterance.part(cut, len(utterance.morphemes))))
        if second is None or second[0] == first[0]:
            continue
        wishes, least = (first[0], second[0]), min(first[1], second[1])
        if single[0] in wishes and least > score:
            found, score = wishes, least
    return found


def _read_wish(part: Prediction) -> tuple[str, float] | None:
    """What a part asks for, and how surely; None where it is no wish or not sure."""
    if part.out_of_scope or not part.ranking:
        return None
    wish, confidence = part.ranking[0]
    sure = confidence >= LEAST_CONFIDENCE and wish not in NOT_A_WISH
    return (wish, confidence) if sure else None


def find_cuts(utterance: Utterance) -> Iterator[int]:
    """Places between morphemes where a second wish may begin, at most `MOST_CUTS`."""
    count = 0
    morphemes = utterance.morphemes
    for place in range(LEAST_MORPHEMES, len(morphemes) - LEAST_MORPHEMES + 1):
        if count < MOST_CUTS and _joins(morphemes[place - 1], morphemes[place][1]):
            count += 1
            yield place


def _joins(morpheme: tuple[str, str], following: str) -> bool:
    """Whether a clause ends with a morpheme, the tag of the next one being known."""
    form, tag = morpheme
    if tag in ENDS:
        return following not in ENDS and following != "JX"
    if tag == "EC":
        return form in CONNECTIVES and following not in GOES_ON
    return tag in ("MAJ", "JC", "MAG") and form in CONJUNCTIONS
