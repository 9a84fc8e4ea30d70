"""What the shop has everybody told for a while, put into answers: a strike, a closed warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.phrases import MENU
from actions.reply import Reply
from backoffice.announcements.service import list_told
from backoffice.announcements.tables import Topic

if TYPE_CHECKING:
    from actions.base import Shop


async def tell_on_greeting(shop: Shop, reply: Reply) -> None:
    """Add what is told just now to a greeting, whatever it is about."""
    told = await list_told(shop.engine, now=shop.clock.now())
    if told:
        reply.say(*[one.text for one in told])
        reply.choices = list(MENU)


async def tell_first(shop: Shop, reply: Reply, topic: Topic) -> None:
    """Put what is told just now about `topic` before an answer."""
    reply.bubbles[:0] = [one.text for one in await list_told(shop.engine, now=shop.clock.now(), topic=topic)]
