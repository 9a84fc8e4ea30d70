"""The door of the shop's own systems: orders out; deliveries, verifications, blocks and questions of discounts in.

A key in `Authorization: Bearer`, with a scope for each thing. What writes needs an `Idempotency-Key`: the same
request again gets the same answer and changes nothing.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import unquote

from pydantic import Field, StringConstraints
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, json

from backoffice.benefits.service import read_benefits
from backoffice.benefits.terms import Basket, BasketItem, CouponCheck, check_coupon, load_terms
from backoffice.blocking.service import place_block
from backoffice.blocking.tables import BlockReason, BlockSignal
from backoffice.delivery.events import CourierEvent
from backoffice.delivery.intake import record_event
from backoffice.errors import BackofficeError
from backoffice.integration import errors, requests
from backoffice.integration.keys import ApiKey, find_key
from backoffice.integration.tables import Scope
from backoffice.orders.port import OrdersUnavailable
from backoffice.verification.intake import NewAttempt
from backoffice.verification.service import record_attempt
from handoff.api import shapes
from handoff.api.app import gateway_of
from handoff.api.openapi import asks, takes
from handoff.api.problems import Body, Moment, problem, read_body
from kernel.vault import Vault

shop_systems = Blueprint("shop_systems", url_prefix="/api/v1")

IDEMPOTENCY_KEY_LENGTH_MAX = 200
ORDERS_MAX = 100
_ORDERS_USUAL = 20
_BUCKETS_MAX = 10_000
_NUMBER = re.compile("[0-9]{1,4}")

Json = dict[str, Any]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Work = Callable[[], Awaitable[requests.Answer]]


class RateLimits:
    """A bucket of requests for each key, filled evenly over the minute. Each gateway process counts for itself."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: ApiKey, now_s: float) -> float:
        """Take one request from the key's bucket; return 0, or in how many seconds there is one."""
        per_s = key.per_minute / 60
        left, at_s = self._buckets.get(key.key_id, (float(key.per_minute), now_s))
        left = min(float(key.per_minute), left + (now_s - at_s) * per_s)
        if left < 1:
            return (1 - left) / per_s
        if len(self._buckets) >= _BUCKETS_MAX:
            self._buckets.clear()
        self._buckets[key.key_id] = (left - 1, now_s)
        return 0.0


_limits = RateLimits()


class TooManyRequests(BackofficeError):
    """The key's requests of this minute are used up; the next one is taken in `wait_s`."""

    code = "too_many_requests"

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"too many requests; the next one is taken in {wait_s:.1f} s")
        self.wait_s = wait_s


_STATUS = {
    errors.KeyUnknown.code: 401,
    errors.ScopeMissing.code: 403,
    errors.StillInWork.code: 409,
    "customer_not_found": 404,
    "order_not_found": 404,
    "order_unknown": 404,
    "event_id_reused": 409,
    TooManyRequests.code: 429,
    OrdersUnavailable.code: 503,
}


@shop_systems.exception(BackofficeError)
async def refuse(request: Request, error: BackofficeError) -> HTTPResponse:
    """Return what the shop refuses as a problem; systems read codes, so the sentence is in English."""
    response = problem(_STATUS.get(error.code, 422), error.code, str(error))
    if isinstance(error, TooManyRequests):
        response.headers["retry-after"] = str(math.ceil(error.wait_s))
    return response


async def caller(request: Request, scope: Scope) -> ApiKey:
    """Return whose key came with the request. Raises KeyUnknown, ScopeMissing or TooManyRequests."""
    key = await find_key(gateway_of(request).shop_engine, request.token or "")
    key.require(scope)
    wait_s = _limits.take(key, time.monotonic())
    if wait_s > 0:
        raise TooManyRequests(wait_s)
    return key


async def once(request: Request, key: ApiKey, work: Work) -> HTTPResponse:
    """Carry out `work` once for the request's idempotency key; whoever repeats the request gets the first answer."""
    name = request.headers.get("idempotency-key", "")
    if not 0 < len(name) <= IDEMPOTENCY_KEY_LENGTH_MAX or not name.isascii():
        return problem(422, "idempotency_key_missing", "send an Idempotency-Key of 1 to 200 ASCII characters")
    gateway = gateway_of(request)
    of = {"key_id": key.key_id, "idempotency_key": name}
    asked = requests.fingerprint(request.method, request.path, request.body)
    before = await requests.begin(gateway.shop_engine, **of, request_hash=asked, now=gateway.clock.now())
    if before is None:
        try:
            before = await work()
        except BaseException:
            await asyncio.shield(requests.forget(gateway.shop_engine, **of))
            raise
        await requests.finish(gateway.shop_engine, **of, answer=before)
    return json(before.body, status=before.status)


class DeliveryStatus(Body):
    """A report of a courier or the warehouse; `source` and `event_id` name it for ever, `code` is a stage or a note."""

    source: Name
    event_id: Name
    code: Name
    happened_at: Moment
    place: Text | None = None
    reason: Text | None = None
    eta_on: date | None = Field(default=None, strict=False)
    courier: Name | None = None
    tracking_no: Name | None = None


class NewBlock(Body):
    """Who is kept out and why; `event_id` names what happened, `ends_after_s` where the rules leave the end to the case."""

    customer_id: Name
    reason: BlockReason = Field(strict=False)
    event_id: Name
    signals: list[Annotated[BlockSignal, Field(strict=False)]] = Field(default=[], max_length=10)
    detail: Text | None = None
    ends_after_s: int | None = Field(default=None, gt=0, le=365 * 86_400)


class VerificationAttempt(Body):
    """One attempt to verify a person, as the agency reports it; `transaction_id` is the agency's name for it."""

    at: Moment
    method: Name
    stage: Name
    result: Name
    customer_id: Name | None = None
    carrier: Name | None = None
    network: Name | None = None
    region: Name | None = None
    browser: Text | None = None
    os: Text | None = None
    cause: Name | None = None
    error_code: Name | None = None
    retry_number: int = Field(default=0, ge=0, le=1000)
    transaction_id: Name | None = None
    ci: Name | None = None
    di: Name | None = None


@shop_systems.post("/verifications/attempts")
@takes(VerificationAttempt)
async def tell_attempt(request: Request) -> HTTPResponse:
    """Take in an attempt to verify a person; the same transaction again changes nothing."""
    key = await caller(request, Scope.VERIFICATIONS_WRITE)
    attempt = NewAttempt(**read_body(request, VerificationAttempt).model_dump())
    gateway = gateway_of(request)

    async def work() -> requests.Answer:
        vault = Vault(gateway.settings.data_key)
        attempt_id = await record_attempt(gateway.shop_engine, attempt, now=gateway.clock.now(), vault=vault)
        return requests.Answer(201, {"attempt_id": attempt_id})

    return await once(request, key, work)


class Item(Body):
    """One line of a basket; `price_krw` is for one piece."""

    product: Name
    quantity: int = Field(default=1, ge=1, le=10_000)
    price_krw: int = Field(ge=0, le=10**10)
    is_lowest_price: bool = False


class DiscountInquiry(Body):
    """What somebody is about to buy, and the coupons they chose for it."""

    customer_id: Name
    items: list[Item] = Field(min_length=1, max_length=200)
    coupon_ids: list[Name] = Field(default=[], max_length=20)


@shop_systems.post("/discounts/inquiries")
@takes(DiscountInquiry)
async def ask_discounts(request: Request) -> HTTPResponse:
    """Return what each coupon takes off the basket, or the sentence that says why it does not, and the points held."""
    await caller(request, Scope.DISCOUNTS_READ)
    body, gateway = read_body(request, DiscountInquiry), gateway_of(request)
    held = await read_benefits(gateway.shop_engine, body.customer_id, gateway.clock)
    basket = Basket(items=[BasketItem(**item.model_dump()) for item in body.items], coupon_ids=body.coupon_ids)
    chosen = [coupon for coupon in held.coupons if coupon.coupon_id in body.coupon_ids]
    now, terms = gateway.clock.now(), load_terms()
    checks = [check_coupon(coupon, basket, chosen, now=now, terms=terms) for coupon in held.usable]
    return json(
        {"terms_version": terms.version, "points_krw": held.balance_krw, "coupons": [_offer(c) for c in checks]}
    )


def _offer(check: CouponCheck) -> Json:
    return {
        "coupon_id": check.coupon.coupon_id,
        "name": check.coupon.name,
        "expires_at": shapes.moment(check.coupon.expires_at),
        "discount_krw": check.discount_krw,
        "obstacles": [{"rule": obstacle.rule, "sentence": obstacle.sentence} for obstacle in check.obstacles],
    }


@shop_systems.patch("/deliveries/<order_id:str>/status")
@takes(DeliveryStatus)
async def tell_delivery(request: Request, order_id: str) -> HTTPResponse:
    """Take in a report about a parcel, in whatever order reports come; `outcome` says what became of it."""
    key = await caller(request, Scope.DELIVERIES_WRITE)
    event = CourierEvent(order_id=unquote(order_id), **read_body(request, DeliveryStatus).model_dump())
    gateway = gateway_of(request)

    async def work() -> requests.Answer:
        taken = await record_event(gateway.shop_engine, event, now=gateway.clock.now())
        return requests.Answer(200, {"order_id": event.order_id, "outcome": taken.outcome.value})

    return await once(request, key, work)


@shop_systems.post("/blocks")
@takes(NewBlock)
async def block(request: Request) -> HTTPResponse:
    """Keep a customer out; they are told why and until when, and let in again at that time."""
    key = await caller(request, Scope.BLOCKS_WRITE)
    body = read_body(request, NewBlock)
    gateway = gateway_of(request)

    async def work() -> requests.Answer:
        block_id = await place_block(
            gateway.shop_engine,
            body.customer_id,
            body.reason,
            now=gateway.clock.now(),
            detail=body.detail,
            event_id=f"{key.key_id}:{body.event_id}",
            signals=body.signals,
            ends_after=timedelta(seconds=body.ends_after_s) if body.ends_after_s else None,
        )
        return requests.Answer(201, {"block_id": block_id})

    return await once(request, key, work)


@shop_systems.get("/orders/<customer_id:str>")
@asks(limit=f"how many, 1 to {ORDERS_MAX}; {_ORDERS_USUAL} when left out")
async def orders(request: Request, customer_id: str) -> HTTPResponse:
    """Return a customer's newest orders, the newest first; a customer nobody knows has none."""
    await caller(request, Scope.ORDERS_READ)
    limit = _limit(request)
    if limit is None:
        return problem(422, "invalid_field", f"limit is a number from 1 to {ORDERS_MAX}", field="limit")
    found = await gateway_of(request).shop.orders.list_orders(customer_id, limit=limit)
    return json({"orders": [_order(order) for order in found]})


def _limit(request: Request) -> int | None:
    text = request.args.get("limit", str(_ORDERS_USUAL))
    return int(text) if _NUMBER.fullmatch(text) and 1 <= int(text) <= ORDERS_MAX else None


def _order(order: Any) -> Json:
    return {
        "order_id": order.order_id,
        "ordered_at": shapes.moment(order.ordered_at),
        "status": order.status.value,
        "items": [
            {"product": i.product, "option": i.option, "quantity": i.quantity, "price_krw": i.price_krw}
            for i in order.items
        ],
        "paid_krw": order.paid_krw,
        "discount_krw": order.discount_krw,
        "payment_method": order.payment_method,
        "merged_into": order.merged_into,
    }
