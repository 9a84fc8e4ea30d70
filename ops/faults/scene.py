"""Everything that a fault may lay its hands on."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import aiohttp

from ops.faults.customers import Party
from ops.faults.disk import Disk
from ops.faults.postgres import Postgres
from ops.faults.product import Product
from ops.faults.proxy import Proxy
from ops.faults.second_gateway import SecondGateway
from ops.processes import Identity


@dataclass
class Scene:
    """One running product with all that stands between it and the world."""

    product: Product
    party: Party
    session: aiohttp.ClientSession
    dice: Random
    door: Proxy  # between customers and the gateway
    disk: Disk | None  # where the database is SQLite
    postgres: Postgres | None
    wire: Proxy | None  # between the product and PostgreSQL
    second: SecondGateway | None  # beside the product's own, where the database is PostgreSQL

    def base_url_of(self, number: int) -> str:
        """Return by which way somebody comes: through the proxy, or to one of the gateways."""
        ways = [f"http://127.0.0.1:{self.door.port}", self.product.base_url, self.product.base_url]
        if self.second is not None:
            ways[1] = self.second.base_url
        return ways[number % len(ways)]


@dataclass(frozen=True)
class Struck:
    """A fault that struck: from when on its recovery is measured, and whose return belongs to it."""

    at_s: float
    kind: str | None = None  # gateway, actions, bot, redis: it has to come back as another process
    victim: Identity | None = None
