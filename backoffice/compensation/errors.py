"""What compensation refuses.

CompensationError
├── InvalidRules       the table's file does not fit; `problems` names each place
├── OrderUnknown       the customer has no such order; another's is as unknown
├── InvalidGift        not something that can be given
├── RoleNotAllowed     the role may not propose or approve
├── RequestUnknown     no such request
├── RequestAnswered    somebody has approved or declined it
└── FourEyes           nobody approves their own request
"""

from __future__ import annotations

from collections.abc import Sequence

from backoffice.errors import BackofficeError


class CompensationError(BackofficeError):
    """The root. `detail` is for a person, in Korean."""

    code = "compensation_error"
    detail = "보상을 처리하지 못했어요."


class InvalidRules(CompensationError):
    """The table's file does not fit; nothing of it is in force."""

    code = "invalid_compensation_rules"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class OrderUnknown(CompensationError):
    """The customer has no such order; another's is as unknown."""

    code = "order_not_found"
    detail = "이 고객의 주문에서 찾을 수 없는 주문번호예요."


class InvalidGift(CompensationError):
    """Not something that can be given: no or a negative amount, more than 100 %, the same kind twice."""

    code = "invalid_grant"
    detail = "드릴 보상을 다시 확인해 주세요. 금액은 1원 이상, 할인율은 1~100%예요."


class RoleNotAllowed(CompensationError):
    """The role may not propose or approve."""

    code = "role_not_allowed"
    detail = "보상을 정할 권한이 없어요."


class RequestUnknown(CompensationError):
    """No such request."""

    code = "request_not_found"
    detail = "승인 요청을 찾지 못했어요."


class RequestAnswered(CompensationError):
    """Somebody has approved or declined it, or the order got its grant another way."""

    code = "request_already_answered"
    detail = "이미 처리된 승인 요청이에요."


class FourEyes(CompensationError):
    """Nobody approves their own request."""

    code = "four_eyes"
    detail = "본인이 올린 요청은 다른 관리자가 승인해야 해요."
