"""The conversations' way to the shop: what agents are shown of a customer, and who a KakaoTalk user is."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.customers import service as customers
from backoffice.errors import BackofficeError
from backoffice.orders.port import Orders, SqlOrders
from handoff.domain.conversation import Json
from kernel.clock import Clock


class SqlShop:
    """The shop's own database, read through its services; `orders` is where the orders are."""

    def __init__(self, engine: AsyncEngine, clock: Clock, orders: Orders | None = None) -> None:
        self._engine = engine
        self._clock = clock
        self.orders = orders or SqlOrders(engine)

    async def handoff_facts(self, customer_id: str) -> Json:
        """Return customer (masked), orders, blocks, verification_attempts and grants; empty for an unknown customer."""
        try:
            return await customers.handoff_facts(self._engine, customer_id, self._clock, book=self.orders)
        except BackofficeError:
            return {}

    async def customer_panel(self, customer_id: str) -> Json | None:
        """Return the masked panel beside a conversation, None for an unknown customer."""
        try:
            return await customers.get_panel(self._engine, customer_id, self._clock, book=self.orders)
        except BackofficeError:
            return None

    async def owns_order(self, customer_id: str, order_id: str) -> bool:
        """Tell whether an order is this customer's; another's and nobody's are the same. Raises OrdersUnavailable."""
        return await self.orders.find_order(customer_id, order_id) is not None

    async def find_by_kakao_user(self, user_key: str) -> str | None:
        """Return the customer who linked this KakaoTalk user to their account."""
        return await customers.find_by_kakao_user_key(self._engine, user_key)
