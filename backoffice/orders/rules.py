"""The operators' tables behind refunds, returns and receipts, read once and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from backoffice.orders.tables import ReturnKind

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class RefundRule:
    """When money comes back by one way of paying: the fewest and the most business days."""

    rule: str
    version: int
    business_days: tuple[int, int]
    is_offered: bool

    @property
    def name(self) -> str:
        """What a refund keeps of it: `refunds.card@1`."""
        return f"refunds.{self.rule}@{self.version}"


@dataclass(frozen=True, kw_only=True)
class RefundRules:
    """All ways of paying."""

    methods: Mapping[str, RefundRule]
    otherwise: RefundRule

    def find(self, method: str | None) -> RefundRule:
        """Return the rule of a way of paying; the general one where it has none."""
        return self.methods.get(method or "", self.otherwise)

    def list_offered(self) -> list[str]:
        """Return the ways of paying that customers may change to."""
        return [method for method, rule in self.methods.items() if rule.is_offered]


@dataclass(frozen=True, kw_only=True)
class ReturnReason:
    """One reason for sending something back."""

    reason: str
    version: int
    label: str
    words: Sequence[str]
    days: int
    return_fee_krw: int
    exchange_fee_krw: int
    say: str

    def fee_krw(self, kind: ReturnKind) -> int:
        """Return what the customer pays."""
        return self.return_fee_krw if kind is ReturnKind.RETURN else self.exchange_fee_krw

    @property
    def name(self) -> str:
        """What a return keeps of it: `returns.faulty@1`."""
        return f"returns.{self.reason}@{self.version}"


@dataclass(frozen=True, kw_only=True)
class ReturnRules:
    """All reasons, and when what comes back is picked up."""

    version: int
    pickup_after_business_days: int
    reasons: Mapping[str, ReturnReason]

    def hear(self, text: str) -> str | None:
        """Return the reason that a text gives; of several the last of the table, which asks least of the customer."""
        given = [name for name, reason in self.reasons.items() if any(word in text for word in reason.words)]
        return given[-1] if given else None


@dataclass(frozen=True, kw_only=True)
class ReceiptRule:
    """One kind of proof; `methods` None: for every way of paying."""

    kind: str
    label: str
    words: Sequence[str]
    by: str
    methods: Sequence[str] | None = None

    def fits(self, method: str | None) -> bool:
        """Return whether there is such a proof for what was paid this way; an unknown way is not ruled out."""
        return self.methods is None or method is None or method in self.methods


@dataclass(frozen=True, kw_only=True)
class ReceiptRules:
    """All kinds of proof, and how soon the same one is sent again."""

    version: int
    again_after_minutes: int
    kinds: Mapping[str, ReceiptRule]


@cache
def load_refund_rules() -> RefundRules:
    """Return the rules in force. Raises KeyError, TypeError or ValueError when the file does not fit."""
    return read_refund_rules(_load("refunds.yml"))


@cache
def load_return_rules() -> ReturnRules:
    """Return the rules in force. Raises KeyError, TypeError or ValueError when the file does not fit."""
    return read_return_rules(_load("returns.yml"))


@cache
def load_receipt_rules() -> ReceiptRules:
    """Return the rules in force. Raises KeyError, TypeError or ValueError when the file does not fit."""
    return read_receipt_rules(_load("receipts.yml"))


def read_refund_rules(data: Mapping[str, Any]) -> RefundRules:
    """Return the rules that `data` holds."""
    version = _version(data)
    methods = {method: _refund_rule(fields, version) for method, fields in data["methods"].items()}
    return RefundRules(methods=methods, otherwise=_refund_rule(data["otherwise"], version))


def read_return_rules(data: Mapping[str, Any]) -> ReturnRules:
    """Return the rules that `data` holds."""
    version = _version(data)
    reasons = {
        reason: ReturnReason(reason=reason, version=version, **fields) for reason, fields in data["reasons"].items()
    }
    for reason in reasons.values():
        if reason.days < 1 or min(reason.return_fee_krw, reason.exchange_fee_krw) < 0:
            raise ValueError(f"{reason.reason}: days and fees are counted up from nothing")
    return ReturnRules(
        version=version, pickup_after_business_days=int(data["pickup_after_business_days"]), reasons=reasons
    )


def read_receipt_rules(data: Mapping[str, Any]) -> ReceiptRules:
    """Return the rules that `data` holds."""
    kinds = {kind: ReceiptRule(kind=kind, **fields) for kind, fields in data["kinds"].items()}
    for rule in kinds.values():
        if rule.by not in ("bot", "person") or not rule.words:
            raise ValueError(f"{rule.kind}: by is bot or person, and some word names it")
    return ReceiptRules(version=_version(data), again_after_minutes=int(data["again_after_minutes"]), kinds=kinds)


def _refund_rule(fields: Mapping[str, Any], version: int) -> RefundRule:
    fewest, most = fields["business_days"]
    if not 0 <= fewest <= most:
        raise ValueError(f"{fields['rule']}: business_days are the fewest and the most")
    return RefundRule(version=version, **{**fields, "business_days": (fewest, most)})


def _version(data: Mapping[str, Any]) -> int:
    if not data["author"] or not data["changed_on"]:
        raise ValueError("a table says who changed it and when")
    return int(data["version"])


def _load(name: str) -> Any:
    return yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))
