"""Requests about one's own data, consents, notices and terms: done at once for whoever is known."""

from __future__ import annotations

from typing import ClassVar

from actions import codes, handing_over, phrases, privacy_text
from actions import privacy_wording as wording
from actions.base import Shop, ShopAction, Turn
from actions.facts import load_facts
from actions.phrases import PERSON, vary
from actions.question import Question
from actions.reply import Reply
from backoffice.benefits.service import read_benefits
from backoffice.privacy import service
from backoffice.privacy.proving import PURPOSES
from backoffice.privacy.request_tables import RequestKind, RequestState
from backoffice.privacy.retention import load_retention
from backoffice.privacy.rules import load_request_rules
from backoffice.privacy.service import NewRequest, PrivacyRequest
from backoffice.privacy.tables import ConsentKind, Document

_KINDS = tuple(RequestKind)
_CONSENTS = (
    (ConsentKind.MARKETING, ConsentKind.NIGHT_ADS),
    (ConsentKind.NIGHT_ADS,),
    (ConsentKind.THIRD_PARTY,),
    (ConsentKind.MARKETING, ConsentKind.NIGHT_ADS, ConsentKind.THIRD_PARTY),
)
# The question whether to agree to advertising; the others are about taking consents back.
_AGREEING = len(_CONSENTS)
_SORRY_FOR_ADS = ("원하지 않는 연락을 받아 번거로우셨겠어요.", "네, 광고를 받지 않게 도와드릴게요.")
_ABOUT_TIME = ("보관", "보유", "언제까지", "얼마 동안", "얼마나", "몇 년", "저장", "안 지우", "남아")
_ABOUT_CHANGE = ("바뀌", "바뀐", "바낀", "변경", "개정", "달라")
_NOTICE_TOPIC = "notification_settings"


class ActionPrivacyRequest(ShopAction):
    """Opens a request of somebody who is known; tells of one that is open; sends who acts for another to a person."""

    action_name: ClassVar[str] = "action_privacy_request"

    async def answer(self, turn: Turn) -> Reply:
        """Return the number and the day of the answer, or what is missing for it."""
        reply = await self._answer(turn)
        reply.slots["last_topic"] = turn.intent
        return reply

    async def _answer(self, turn: Turn) -> Reply:
        rules = load_request_rules()
        kind = wording.find_request(turn.text, turn.entities.get("privacy_right"))
        if wording.is_for_another(turn.text):
            return self._pass_on(turn)
        if turn.customer_id is None:
            return privacy_text.tell_log_in(rules, kind)
        if wording.takes_back(turn.text):
            return await self._offer_to_take_back(turn, turn.customer_id)
        if wording.asks_about_request(turn.text):
            found = await service.list_of_customer(self.shop.engine, turn.customer_id, limit=3)
            if found:
                return Reply(bubbles=privacy_text.tell_requests(found, rules), choices=[PERSON])
        if kind is None:
            return Reply(bubbles=["어떤 요청을 하시겠어요?"], choices=[*privacy_text.list_rights(), PERSON])
        return await self._open(turn, turn.customer_id, kind)

    async def _open(self, turn: Turn, customer_id: str, kind: RequestKind) -> Reply:
        rules = load_request_rules()
        closes_account = rules.kinds[kind].closes_account
        new = NewRequest(
            customer_id=customer_id,
            kind=kind,
            channel=turn.channel,
            identity=None if closes_account else "login",
            details=turn.text if not turn.is_pressed else None,
            event_key=f"{turn.turn_id}:{customer_id}:{kind.value}" if turn.turn_id else None,
        )
        request, is_new = await service.open_request(self.shop.engine, new, now=self.shop.clock.now())
        if closes_account and request.state is RequestState.RECEIVED:
            return await self._ask_for_proof(turn, customer_id, request)
        return privacy_text.tell_opened(request, rules, is_new=is_new)

    async def _ask_for_proof(self, turn: Turn, customer_id: str, request: PrivacyRequest) -> Reply:
        """Return what a deletion means, and how to prove who asks: by a code, else to a person."""
        label = load_request_rules().kinds[request.kind].label
        lost = privacy_text.tell_lost(await read_benefits(self.shop.engine, customer_id, self.shop.clock))
        reply = Reply(bubbles=[privacy_text.tell_proof_missing(label), privacy_text.tell_kept(load_retention())])
        reply.say(*([lost] if lost else []))
        offer = await codes.offer_code(self.shop, turn, PURPOSES[request.kind])
        if offer is None:
            reply.say("등록된 휴대폰 번호가 없어, 본인인지는 상담원이 확인해 드려요.")
            detail = f"{label} 본인 확인 · {request.request_id}"
            return handing_over.connect(reply, turn, self.shop.skills.find(turn.intent), detail=detail)
        assert offer.question is not None, "an offer is a question"
        reply.choices.extend(offer.choices)
        return reply.ask(offer.question, *offer.closing)

    def _pass_on(self, turn: Turn) -> Reply:
        reply = Reply(
            bubbles=[
                "다른 분을 대신한 요청은 위임장이나 가족관계를 확인하는 서류가 있어야 해요.",
                "어떤 서류가 필요한지 상담원이 안내해 드려요.",
            ]
        )
        return handing_over.connect(reply, turn, self.shop.skills.find(turn.intent), detail="대리인 요청")

    async def _offer_to_take_back(self, turn: Turn, customer_id: str) -> Reply:
        found = await service.list_of_customer(self.shop.engine, customer_id, limit=len(_KINDS))
        named = wording.find_request(turn.text, turn.entities.get("privacy_right"))
        still_open = [request for request in found if request.is_open]
        chosen = next((request for request in still_open if request.kind is named), next(iter(still_open), None))
        if chosen is None:
            return Reply(bubbles=[privacy_text.NO_REQUEST], choices=[PERSON])
        label = load_request_rules().kinds[chosen.kind].label
        reply = Reply(choices=[privacy_text.YES, privacy_text.NO, PERSON])
        step = _KINDS.index(chosen.kind)
        return reply.ask(Question("confirm", "privacy_request", step), f"{label} 요청을 거두시겠어요?")

    async def accept(self, turn: Turn) -> Reply:
        """Take back the request that was asked about."""
        assert turn.question is not None, "a yes answers a question"
        kind = _KINDS[turn.question.step % len(_KINDS)]
        found = await service.find_open(self.shop.engine, turn.customer_id, kind) if turn.customer_id else None
        if found is None:
            return Reply(bubbles=[privacy_text.NO_REQUEST], choices=[PERSON])
        now = self.shop.clock.now()
        await service.withdraw_request(self.shop.engine, found.request_id, by=turn.channel, now=now)
        label = load_request_rules().kinds[kind].label
        return Reply(bubbles=[f"{label} 요청을 거두었어요. 그대로 이용하시면 돼요."])


class ActionConsentWithdraw(ShopAction):
    """Takes back a consent at once, after one question whether it is meant; notes one to advertising as easily."""

    action_name: ClassVar[str] = "action_consent_withdraw"

    async def answer(self, turn: Turn) -> Reply:
        """Return the question, or what was done where it was asked before."""
        wants_ads = wording.wants_ads(turn.text)
        if turn.asks("confirm", turn.intent) and turn.question and (turn.question.step == _AGREEING) is wants_ads:
            return await self.accept(turn)  # said again instead of yes
        if turn.customer_id is not None and wording.asks_about_consents(turn.text):
            return await tell_consents(self.shop, turn.customer_id)
        if turn.customer_id is not None and wants_ads:
            return await self._offer_ads(turn, turn.customer_id)
        reply = Reply(bubbles=[vary(turn.turn_id, "ads", _SORRY_FOR_ADS)], slots={"last_topic": turn.intent})
        if turn.customer_id is None:
            reply.choices.append(PERSON)
            return reply.say(privacy_text.WAY_OUT, "여기서 바로 거두시려면 먼저 로그인해 주세요.")
        wanted = wording.find_consent(turn.text)
        current = await service.find_current(self.shop.engine, turn.customer_id)
        granted = [kind for kind in wanted if kind in current and current[kind].granted]
        if not granted:
            reply.choices.append(PERSON)
            name = korean_topic(wanted)
            return reply.say(f"{name} 동의하지 않으신 것으로 되어 있어요.", "그래도 연락이 온다면 상담원이 찾아볼게요.")
        reply.say(privacy_text.NO_HARM)
        reply.choices += [privacy_text.YES, privacy_text.NO, PERSON]
        question = Question("confirm", turn.intent, _CONSENTS.index(wanted))
        return reply.ask(question, f"{privacy_text.name_consents(granted)} 동의를 지금 거둘까요?")

    async def accept(self, turn: Turn) -> Reply:
        """Take the consents back, or note the one to advertising."""
        assert turn.question is not None, "a yes answers a question"
        if turn.customer_id is None:
            return phrases.ask_to_log_in("동의 내역")
        if turn.question.step == _AGREEING:
            await self._record(turn, turn.customer_id, ConsentKind.MARKETING, granted=True)
            return Reply(bubbles=["네, 광고 동의를 적어 두었어요.", "그만 받고 싶으시면 언제든 말씀해 주세요."])
        kinds = _CONSENTS[turn.question.step % len(_CONSENTS)]
        for kind in kinds:
            await self._record(turn, turn.customer_id, kind, granted=False)
        done = "지금부터 광고를 보내지 않아요." if ConsentKind.MARKETING in kinds else "지금부터 그렇게 할게요."
        reply = Reply(bubbles=[f"{privacy_text.name_consents(kinds)} 동의를 거두었어요. {done}"])
        return reply.say("주문과 배송 알림은 그대로 보내 드려요.")

    async def _offer_ads(self, turn: Turn, customer_id: str) -> Reply:
        """Ask whether advertising is agreed to; at night is a consent of its own, and is not asked along."""
        reply = Reply(slots={"last_topic": turn.intent})
        line = (await service.find_current(self.shop.engine, customer_id)).get(ConsentKind.MARKETING)
        if line is not None and line.granted:
            reply.choices.append(PERSON)
            return reply.say("광고에는 이미 동의하신 것으로 되어 있어요.", privacy_text.ADS_AT_NIGHT)
        reply.choices += [privacy_text.YES, privacy_text.NO, PERSON]
        reply.say(privacy_text.ADS_AT_NIGHT)
        return reply.ask(Question("confirm", turn.intent, _AGREEING), "광고를 받는 데 동의하시겠어요?")

    async def _record(self, turn: Turn, customer_id: str, kind: ConsentKind, *, granted: bool) -> None:
        await service.record_consent(
            self.shop.engine,
            customer_id=customer_id,
            kind=kind,
            granted=granted,
            channel=turn.channel,
            now=self.shop.clock.now(),
            event_key=f"{turn.turn_id}:{customer_id}" if turn.turn_id else None,
        )


async def tell_consents(shop: Shop, customer_id: str) -> Reply:
    """Return what the customer agreed to and took back, and when."""
    told = privacy_text.tell_consents(await service.list_consents(shop.engine, customer_id))
    return Reply(bubbles=["\n".join(told), "바꾸고 싶으시면 편하게 말씀해 주세요."], choices=[PERSON])


def korean_topic(kinds: tuple[ConsentKind, ...]) -> str:
    """Return what was not agreed to, as the beginning of a sentence: `광고와 야간 광고에는`."""
    return f"{privacy_text.name_consents(kinds)}에는"


class ActionNotificationSettings(ShopAction):
    """Changes which notices come, on which way and when not, or asks once how they should."""

    action_name: ClassVar[str] = "action_notification_settings"

    async def answer(self, turn: Turn) -> Reply:
        """Return the settings as they are now, changed where the wish was clear."""
        reply = Reply(slots={"last_topic": _NOTICE_TOPIC})
        if turn.customer_id is None:
            reply.choices.append(PERSON)
            reply.say("주문과 배송 알림은 꼭 필요한 소식이라 광고와 따로 보내 드려요.", privacy_text.ADS_AT_NIGHT)
            return reply.say("알림을 바꾸시려면 먼저 로그인해 주세요.")
        wishes = wording.find_wishes(turn.text)
        if not wishes:
            found = await service.find_settings(self.shop.engine, turn.customer_id)
            reply.say(*privacy_text.tell_settings(found), privacy_text.ADS_AT_NIGHT)
            reply.choices.append(PERSON)
            return reply.ask(Question("details", _NOTICE_TOPIC), "어떤 알림을 어떻게 바꿀까요? 편하게 적어 주세요.")
        now = self.shop.clock.now()
        changed = await service.change_settings(self.shop.engine, customer_id=turn.customer_id, now=now, **wishes)
        return reply.say("네, 바꾸어 두었어요.", *privacy_text.tell_settings(changed))


class ActionTermsQuestion(ShopAction):
    """Reads out how long what is kept and what changed in the terms; takes the agreement that is missing."""

    action_name: ClassVar[str] = "action_terms_question"

    async def answer(self, turn: Turn) -> Reply:
        """Return the rows that the question is about."""
        if turn.customer_id is not None and wording.asks_about_consents(turn.text):
            return await tell_consents(self.shop, turn.customer_id)
        fact = load_facts()[turn.intent]
        reply = Reply(bubbles=[vary(turn.turn_id, "facts", fact.say)], choices=[PERSON])
        reply.slots["last_topic"] = turn.intent
        if any(word in turn.text for word in _ABOUT_TIME):
            return reply.say(*privacy_text.tell_retention(load_retention(), turn.text))
        if any(word in turn.text for word in _ABOUT_CHANGE):
            reply.say(*await self._tell_changes(turn), *fact.facts[:1])
            return await self._ask_to_agree(turn, reply)
        return reply.say(*fact.find_facts(turn.text))

    async def _tell_changes(self, turn: Turn) -> list[str]:
        document = privacy_text.name_document(turn.text)
        since = await self._find_agreed_version(turn) if document is Document.SERVICE_TERMS else None
        changes = await service.list_changes(self.shop.engine, document, since=since or 1)
        shown = changes if since else changes[-1:]
        return [line for terms in shown for line in privacy_text.tell_change(terms, today=self.shop.today())]

    async def _find_agreed_version(self, turn: Turn) -> int | None:
        if turn.customer_id is None:
            return None
        agreed = (await service.find_current(self.shop.engine, turn.customer_id)).get(ConsentKind.SERVICE)
        return agreed.terms_version if agreed is not None else None

    async def _ask_to_agree(self, turn: Turn, reply: Reply) -> Reply:
        if turn.customer_id is None:
            return reply
        now = self.shop.clock.now()
        missing = await service.find_missing_agreement(self.shop.engine, turn.customer_id, now=now)
        if missing is None:
            return reply
        reply.choices = [privacy_text.YES, privacy_text.NO, PERSON]
        return reply.ask(Question("confirm", turn.intent, missing.version), "바뀐 이용약관에 동의하시겠어요?")

    async def accept(self, turn: Turn) -> Reply:
        """Write down that the customer agrees to the version they were asked about."""
        assert turn.question is not None, "a yes answers a question"
        if turn.customer_id is None:
            return phrases.ask_to_log_in("동의 내역")
        await service.record_consent(
            self.shop.engine,
            customer_id=turn.customer_id,
            kind=ConsentKind.SERVICE,
            granted=True,
            channel=turn.channel,
            now=self.shop.clock.now(),
            terms_version=turn.question.step,
            event_key=f"{turn.turn_id}:{turn.customer_id}" if turn.turn_id else None,
        )
        return Reply(bubbles=["네, 동의해 주신 것을 적어 두었어요. 고마워요."])


async def hear_wish(action: ActionNotificationSettings, turn: Turn) -> Reply | None:
    """Return what follows from the answer to how notices should come; None where it is no clear wish."""
    if not turn.asks("details", _NOTICE_TOPIC) or not wording.find_wishes(turn.text):
        return None
    return await action.answer(turn)
