"""Which step of advice comes next, for whom: by cause, carrier, way and phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import trouble, verification_text
from actions.advice import load_advice
from actions.advised import Advised, Situation
from backoffice.verification.policy import Attempt
from backoffice.verification.rules import load_causes, load_codes
from backoffice.verification.tables import Dimension
from backoffice.verification.watch import Alert
from backoffice.verification.watching import Cell, Counts
from kernel import korean
from kernel.clock import KST

BOOK, CODES = load_advice(), load_codes()
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)

situations = st.builds(
    Situation,
    carrier=st.none() | st.sampled_from(list(CODES.carriers)),
    network=st.none() | st.sampled_from(list(BOOK.apps)),
    method=st.none() | st.sampled_from(["SMS", "PASS", "ARS"]),
    os=st.none() | st.sampled_from(["iOS", "Android", "Windows"]),
    in_app=st.none() | st.booleans(),
    foreign=st.none() | st.booleans(),
    abroad=st.none() | st.booleans(),
)


def all_said(cause: str, situation: Situation) -> str:
    """Everything that somebody hears who goes through all steps."""
    told, step = [], BOOK.causes[cause].find_step(-1, situation)
    while step is not None:
        reply = verification_text.step("t1", BOOK, cause, step, situation, is_first=step == 0)
        told += [*reply.bubbles, *reply.closing, *(row.value for card in reply.cards for row in card.rows)]
        step = BOOK.causes[cause].find_step(step, situation)
    return "\n".join(told)


# The first advice on each cause, and the ways around it.
@pytest.mark.parametrize(
    ("cause", "advised", "ways"),
    [
        ("sms_not_received", ("스팸함", "스팸 차단", "늦게 보내", "로밍|해외", "번호 이동", "가득"), ["ars", "pass"]),
        ("pass_app", ("통신사에 맞는 PASS", "설치", "가입", "처음이시면"), ["sms", "ars"]),
        (
            "browser",
            ("Chrome, Safari, Edge, Firefox", "팝업", "쿠키", "자바스크립트", "다른 브라우저로 열기"),
            ["phone", "ars"],
        ),
        ("info_mismatch", ("1990-01-31", "띄어 쓰지", "외국인등록증", "통신사", "알뜰폰"), ["agent"]),
        ("network", ("다시 해 봐",), ["ars", "sms"]),
    ],
)
def test_each_cause_has_its_advice_and_its_other_ways(cause: str, advised: tuple[str, ...], ways: list[str]) -> None:
    told = all_said(cause, Situation())
    assert [words for words in advised if not any(word in told for word in words.split("|"))] == []
    assert BOOK.causes[cause].other_ways == ways


@pytest.mark.parametrize(
    ("carrier", "network", "app"),
    [
        ("SKT", None, "PASS by SKT"),
        ("KT", None, "PASS by KT"),
        ("LGU+", None, "PASS by U+"),
        ("알뜰폰", "SKT", "PASS by SKT"),
        ("알뜰폰", "KT", "PASS by KT"),
        ("알뜰폰", "LGU+", "PASS by U+"),
    ],
)
def test_each_carrier_has_its_own_pass_app(carrier: str, network: str | None, app: str) -> None:
    told = all_said("pass_app", Situation(carrier=carrier, network=network))
    assert app in told and BOOK.apps[network or carrier].android in told
    assert not [other.name for other in BOOK.apps.values() if other.name != app and other.name in told]


@pytest.mark.parametrize(
    ("cause", "situation", "told", "not_told"),
    [
        ("pass_app", {"carrier": "알뜰폰"}, "어느 통신망을 쓰시나요?", "PASS by"),
        ("pass_app", {"carrier": "KT", "os": "iOS"}, "apps.apple.com", "play.google.com"),
        ("pass_app", {"carrier": "KT", "os": "Android"}, "play.google.com", "apps.apple.com"),
        ("sms_not_received", {"os": "iOS"}, "알 수 없는 발신자", "스팸 및 차단된 메시지"),
        ("sms_not_received", {"os": "Android"}, "스팸 및 차단된 메시지", "알 수 없는 발신자"),
        ("sms_not_received", {"abroad": True}, "로밍", "해외에 계시거나"),
        ("sms_not_received", {"carrier": "KT"}, "KT의 스팸 차단", "SKT의 스팸"),
        ("browser", {"os": "iOS", "in_app": True}, "Safari로 열기", "리디렉션"),
        ("info_mismatch", {"foreign": True}, "성을 먼저", "외국인이시면"),
    ],
)
def test_advice_fits_the_phone(cause: str, situation: dict[str, Any], told: str, not_told: str) -> None:
    heard = all_said(cause, Situation(**situation))
    assert told in heard and not_told not in heard


def test_a_foreigners_name_comes_first_for_a_foreigner() -> None:
    first = BOOK.causes["info_mismatch"].find_step(-1, Situation(foreign=True))
    assert first is not None and "외국인등록증" in BOOK.causes["info_mismatch"].steps[first].say[0]


@given(st.sampled_from(list(BOOK.causes)), situations)
def test_everybody_gets_steps_in_order_and_each_once(cause: str, situation: Situation) -> None:
    advice, seen, step = BOOK.causes[cause], [], -1
    while (found := advice.find_step(step, situation)) is not None:
        assert found > step
        step = found
        seen.append(found)
    assert len(seen) >= 2
    assert "{" not in all_said(cause, situation)


@given(
    st.dictionaries(st.sampled_from(list(BOOK.causes)), st.integers(0, 20)),
    st.none() | st.from_regex(r"alert_[0-9a-z]{26}", fullmatch=True),
    situations,
)
def test_what_is_kept_between_turns_is_read_back(steps: dict[str, int], told: str | None, said: Situation) -> None:
    advised = Advised(steps, told, said)
    assert Advised.read(advised.write()) == advised


@pytest.mark.parametrize("written", [None, 7, "", "nonsense", "step.x=y;=;a=b", "step.sms_not_received=99999"])
def test_what_is_kept_in_another_form_is_nothing_or_harmless(written: Any) -> None:
    assert Advised.read(written).said == Situation()


@pytest.mark.parametrize(
    ("text", "carrier", "known", "found"),
    [
        ("PASS가 안 돼요", "KT", Situation(), {"carrier": "KT"}),
        ("", "KT", Situation(carrier="알뜰폰"), {"carrier": "알뜰폰", "network": "KT"}),
        ("알뜰폰이에요", "알뜰폰", Situation(carrier="SKT"), {"carrier": "알뜰폰"}),
        ("외국인인데요", None, Situation(), {"foreign": True}),
        ("지금 해외예요", None, Situation(), {"abroad": True}),
        ("아이폰 쓰는데요", None, Situation(), {"os": "iOS"}),
        ("갤럭시예요", None, Situation(), {"os": "Android"}),
    ],
)
def test_words_tell_about_the_phone(text: str, carrier: str | None, known: Situation, found: dict[str, Any]) -> None:
    assert known.with_words(text, carrier) == replace(known, **found)


def test_what_the_customer_says_beats_the_log_and_the_newest_attempt_the_older_ones() -> None:
    def tried(**fields: Any) -> Attempt:
        return Attempt(**{"at": NOW, "method": "SMS", "result": "failure", "cause": None} | fields)

    log = [tried(os="Android"), tried(carrier="KT", os="iOS", browser="카카오톡 인앱")]
    assert Situation(carrier="SKT").with_attempts(log, CODES) == Situation(
        carrier="SKT", method="SMS", os="Android", in_app=True
    )


def alert(dimension: Dimension, value: str) -> Alert:
    return Alert("a", Cell(dimension, value), NOW, None, True, Counts(20, 18), 0.18, 1e-9, 1, NOW, 0)


@pytest.mark.parametrize(
    ("dimension", "value", "what", "instead"),
    [
        (Dimension.CARRIER_METHOD, "SKT|SMS", "SKT 문자 인증이", "PASS 앱, ARS 전화로"),
        (Dimension.CARRIER_METHOD, "LGU+|PASS", "LG U+ PASS 앱 인증이", "문자, ARS 전화로"),
        (Dimension.METHOD, "ARS", "ARS 전화 인증이", "PASS 앱, 문자로"),
        (Dimension.CARRIER, "KT", "KT 본인인증이", "조금 뒤에"),
        (Dimension.BROWSER, "카카오톡 인앱", "카카오톡 인앱에서 여는 인증창이", "Chrome이나 Safari로"),
        (Dimension.ALL, "", "지금 본인인증이", "조금 뒤에"),
    ],
)
def test_trouble_is_told_with_its_time_and_what_works(
    dimension: Dimension, value: str, what: str, instead: str
) -> None:
    told = trouble.say(alert(dimension, value), BOOK)
    assert what in told[0] and f"{korean.time_of_day(NOW.astimezone(KST))}쯤" in told[0]
    assert instead in told[1] and "고객님 잘못이 아니" in told[1]


@pytest.mark.parametrize("cause", list(load_causes().causes))
def test_a_cause_that_is_not_sure_is_told_as_such(cause: str) -> None:
    from backoffice.verification.diagnosis import Diagnosis

    sure, unsure = (
        verification_text.likely(Diagnosis(cause, 0.5, ("x",), is_sure, 1), load_causes()) for is_sure in (True, False)
    )
    assert "것 같아요" in unsure and "것 같아요" not in sure
