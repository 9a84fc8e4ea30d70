"""What privacy needs of the conversations, which the shop does not know: they are somebody else's store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Talk:
    """One conversation of a customer, as they saw it. `content` is ready for JSON and names nobody but the customer."""

    conversation_id: str
    last_at: datetime
    is_complaint: bool
    content: Mapping[str, Any]


class Conversations(Protocol):
    """The store of conversations."""

    async def list_of_customer(self, customer_id: str) -> Sequence[Talk]:
        """Return all conversations of the customer, oldest first."""

    async def forget(self, customer_id: str, pseudonym: str) -> None:
        """Take out what was said and put `pseudonym` for the customer. Doing so again changes nothing."""


class NoConversations:
    """Stands in where there is no store of conversations."""

    async def list_of_customer(self, customer_id: str) -> Sequence[Talk]:
        """Return nothing."""
        return ()

    async def forget(self, customer_id: str, pseudonym: str) -> None:
        """Do nothing."""
