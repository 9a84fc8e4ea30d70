"""What customers hear of codes and of who they are. Nothing here depends on whether a number is anybody's. Pure.

`asked` is the question that the code belongs to: what is asked next keeps its topic and step.
"""

from __future__ import annotations

from dataclasses import replace

from actions.phrases import PERSON
from actions.question import Question
from actions.reply import Choice, Reply
from backoffice.identity.policy import Guess, Sending
from kernel import korean

AGAIN = Choice("인증번호 다시 받기", "affirm")
SEND = Choice("인증번호 받기", "affirm")
PLEASE_TYPE_CODE = "문자로 받은 인증번호 6자리를 여기에 적어 주세요."
PLEASE_TYPE_PHONE = "휴대폰 번호를 010부터 모두 적어 주세요."
_NOT_ARRIVED = (
    "인증번호가 늦어지고 있나 봐요. 스팸 문자함도 한번 살펴봐 주세요.",
    "그래도 없으면 1분 뒤에 다시 받아 보시거나, 등록하신 번호가 맞는지 확인해 주세요.",
)


def offer(asked: Question, phone: str) -> Reply:
    """Return the question whether to send a code to the registered number, of which only the ends are told."""
    reply = Reply(choices=[SEND, PERSON])
    return reply.ask(
        replace(asked, kind="prove"), f"등록된 번호({korean.mask_phone(phone)})로 인증번호를 보내 드릴까요?"
    )


def tell_sending(sending: Sending, asked: Question, *, lifetime_s: int, to: str | None = None) -> Reply:
    """Return what became of the wish for a code; `to` is the registered number of somebody known."""
    question = replace(asked, kind="code")
    if sending is Sending.SENT:
        sent = f"{korean.mask_phone(to)}로" if to else "등록된 번호라면"
        reply = Reply(bubbles=[f"{sent} 인증번호 6자리를 문자로 보내 드렸어요."], choices=[AGAIN, PERSON])
        return reply.ask(question, f"{lifetime_s // 60}분 안에 여기에 적어 주세요.")
    if sending is Sending.TOO_SOON:
        said = "인증번호는 1분에 한 번만 보내 드릴 수 있어요. 조금 뒤에 다시 받아 주세요."
        return Reply(bubbles=[said], choices=[AGAIN, PERSON], question=question)
    if sending is Sending.UNKNOWN:
        return ask_for_phone(asked)
    said = "오늘은 인증번호를 더 보내 드릴 수 없어요. 로그인하시거나 상담원을 불러 주세요."
    return Reply(bubbles=[said], choices=[PERSON])


def ask_for_phone(asked: Question) -> Reply:
    """Return the question for the number."""
    return Reply(choices=[PERSON]).ask(replace(asked, kind="phone"), PLEASE_TYPE_PHONE)


def ask_for_code(asked: Question, *before: str) -> Reply:
    """Return the question for the code once more, after what is to be said `before` it."""
    reply = Reply(bubbles=list(before), choices=[AGAIN, PERSON])
    return reply.ask(replace(asked, kind="code"), PLEASE_TYPE_CODE)


def tell_not_arrived(asked: Question) -> Reply:
    """Return what to do where no code came."""
    return Reply(bubbles=list(_NOT_ARRIVED), choices=[AGAIN, PERSON], question=replace(asked, kind="code"))


def tell_wrong(guess: Guess, tries_left: int, asked: Question) -> Reply:
    """Return that a typed code was not the right one, and what now."""
    reply = Reply(choices=[AGAIN, PERSON], question=replace(asked, kind="code"))
    if guess is Guess.WRONG:
        reply.say("인증번호가 맞지 않아요. 마지막에 받은 문자의 번호인지 확인해 주세요.")
        return reply.say(f"앞으로 {tries_left}번 더 적어 보실 수 있어요.")
    if guess is Guess.EXPIRED:
        return reply.say("인증번호를 쓸 수 있는 시간이 지났어요. 새 번호를 받아 주세요.")
    if guess is Guess.SPENT:
        return reply.say("여러 번 맞지 않아서 이 인증번호는 더 쓸 수 없어요. 새 번호를 받아 주세요.")
    return reply.say("지금 쓸 수 있는 인증번호가 없어요. 새 번호를 받아 주세요.")
