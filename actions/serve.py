"""The action server: `python -m actions.serve --port N`, called by the bot once an action.

One process on the loopback, one bearer token. Unlike the SDK's own server it asks for no domain
(no action here reads one), offers no other route than the two below, and puts nothing of a request
into logs or errors: a request holds what a customer wrote.
"""

from __future__ import annotations

import argparse
import hmac
from typing import Any

import structlog
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException
from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import json as json_response

from actions.base import Shop, ShopAction
from actions.benefits import ActionBenefitsBalance, ActionCouponTerms
from actions.blocks import ActionBlockStatus, ActionUnblock
from actions.cases import ActionCase
from actions.compensation import ActionCompensation
from actions.conversation import ActionAffirm, ActionDeny, ActionNotSolved, ActionSmallTalk
from actions.delivery import ActionDeliveryStatus, ActionSelectOrder
from actions.delivery_change import ActionDeliveryChange
from actions.delivery_not_received import ActionNotReceived
from actions.facts import ActionFacts
from actions.handing_back import ActionTakeBack
from actions.handoff import ActionHumanAgent, ActionNotUnderstood, ActionPassToAgent
from actions.missing_item import ActionMissingItem
from actions.order_cancel import ActionOrderCancel
from actions.order_change import ActionOrderChange
from actions.order_detail import ActionOrderCompare, ActionOrderDetail
from actions.order_return import ActionReturn
from actions.orders import ActionOrderHistory
from actions.privacy import (
    ActionConsentWithdraw,
    ActionNotificationSettings,
    ActionPrivacyRequest,
    ActionTermsQuestion,
)
from actions.refunds import ActionReceipt, ActionRefundStatus
from actions.skills import load_skills
from actions.verification import ActionVerificationAdvice, ActionVerificationAlternatives, ActionVerificationHistory
from backoffice.delivery.service import DeliveryService
from backoffice.orders.port import open_orders
from kernel import logs
from kernel.clock import Clock
from kernel.database import create_engine
from kernel.failpoints import make_clock
from kernel.settings import Settings, load_settings

ACTIONS: tuple[type[ShopAction], ...] = (
    ActionVerificationAdvice,
    ActionVerificationHistory,
    ActionVerificationAlternatives,
    ActionBlockStatus,
    ActionUnblock,
    ActionDeliveryStatus,
    ActionDeliveryChange,
    ActionNotReceived,
    ActionMissingItem,
    ActionOrderHistory,
    ActionOrderDetail,
    ActionOrderCompare,
    ActionSelectOrder,
    ActionCase,
    ActionOrderCancel,
    ActionOrderChange,
    ActionReturn,
    ActionRefundStatus,
    ActionReceipt,
    ActionBenefitsBalance,
    ActionCouponTerms,
    ActionCompensation,
    ActionPrivacyRequest,
    ActionConsentWithdraw,
    ActionNotificationSettings,
    ActionTermsQuestion,
    ActionFacts,
    ActionAffirm,
    ActionDeny,
    ActionSmallTalk,
    ActionNotSolved,
    ActionPassToAgent,
    ActionHumanAgent,
    ActionNotUnderstood,
    ActionTakeBack,
)
_LARGEST_REQUEST_BYTES = 1_000_000
_KEEP_ALIVE_S = 120
_RESPONSE_TIMEOUT_S = 10
log = structlog.get_logger()


class Executor(ActionExecutor):  # type: ignore[misc]  # the SDK is not typed
    """The SDK's executor, content without a domain."""

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        """Return an empty domain, whatever was sent."""
        return {}


def create_app(settings: Settings, *, clock: Clock | None = None, name: str = "ieum-actions") -> Sanic[Any, Any]:
    """Return the app; its database is opened when the server starts and closed when it stops."""
    app: Sanic[Any, Any] = Sanic(name, configure_logging=False)
    app.config.update(
        REQUEST_MAX_SIZE=_LARGEST_REQUEST_BYTES,
        KEEP_ALIVE_TIMEOUT=_KEEP_ALIVE_S,
        RESPONSE_TIMEOUT=_RESPONSE_TIMEOUT_S,
        FALLBACK_ERROR_FORMAT="json",
        AUTO_EXTEND=False,
    )
    expected = f"Bearer {settings.actions_token}".encode()

    @app.before_server_start
    async def open_resources(app: Sanic[Any, Any]) -> None:
        app.ctx.engine = create_engine(settings.shop_database_url)
        made_clock = clock or make_clock(settings.clock_offset_s, settings.failpoints_dir)
        app.ctx.shop = open_shop(settings, app.ctx.engine, made_clock)
        app.ctx.executor = create_executor(app.ctx.shop)

    @app.after_server_stop
    async def close_resources(app: Sanic[Any, Any]) -> None:
        await app.ctx.shop.orders.close()
        await app.ctx.engine.dispose()

    @app.on_request
    async def check_token(request: Request) -> HTTPResponse | None:
        given = (request.headers.get("authorization") or "").encode()
        return None if hmac.compare_digest(given, expected) else json_response({"error": "unauthorized"}, 401)

    app.add_route(run_action, "/webhook", methods=["POST"])
    app.add_route(tell_health, "/health", methods=["GET"])
    app.exception(Exception)(tell_failure)
    return app


def open_shop(settings: Settings, engine: Any, clock: Clock) -> Shop:
    """Return what the actions may use."""
    orders = open_orders(settings.orders, engine)
    return Shop(
        engine=engine,
        clock=clock,
        orders=orders,
        deliveries=DeliveryService(engine, clock, orders),
        skills=load_skills(),
        context_key=settings.context_key,
    )


def create_executor(shop: Shop) -> Executor:
    """Return an executor that knows every action."""
    executor = Executor()
    for action in ACTIONS:
        executor.register_action(action(shop))
    return executor


async def run_action(request: Request) -> HTTPResponse:
    """Run the action that the bot names and return its messages and events."""
    call = request.json
    if not isinstance(call, dict) or not isinstance(call.get("tracker"), dict) or not call.get("next_action"):
        return json_response({"error": "bad_request"}, 400)
    result = await request.app.ctx.executor.run(call)
    return json_response({"events": result.events, "responses": result.responses})


async def tell_health(request: Request) -> HTTPResponse:
    """Answer that the server is up."""
    return json_response({"status": "ok"})


async def tell_failure(request: Request, error: Exception) -> HTTPResponse:
    """Report a failed action as a failure, so that the bot hands over; the log names only the kind of error."""
    if isinstance(error, ActionNotFoundException):
        return json_response({"error": "unknown_action", "action_name": error.action_name}, 404)
    if isinstance(error, SanicException) and error.status_code < 500:
        return json_response({"error": "bad_request"}, error.status_code)
    log.error("action_failed", error=type(error).__name__, code=getattr(error, "code", None))
    return json_response({"error": "action_failed"}, 500)


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m actions.serve", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    logs.configure("actions")
    create_app(load_settings()).run(host="127.0.0.1", port=port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
