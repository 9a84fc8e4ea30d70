"""A second gateway beside the product's own, as on another machine behind a balancer: same databases, same keys.

The product starts one gateway; this one is started, and started again, by the run itself.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass, field

import psutil

from kernel.settings import ROOT
from ops.bench.servers import free_port
from ops.errors import OperationFailed
from ops.faults.product import Product, read_health

_STARTS_WITHIN_S = 60.0


@dataclass
class SecondGateway:
    """A gateway with the settings of the product's own but for its port."""

    product: Product
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None
    _environment: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def base_url(self) -> str:
        """Where people reach it."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it. Raises OperationFailed when it does not come up. Blocks until it answers."""
        if not self._environment:
            (pid,) = self.product.pids()["gateway"]
            self._environment = psutil.Process(pid).environ() | {"IEUM_PORT": str(self.port)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "handoff.serve"],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + _STARTS_WITHIN_S
        while not read_health(self.port).get("ready"):
            if time.monotonic() > deadline:
                raise OperationFailed("the second gateway did not come up")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it with kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End it as the supervisor would."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(25)
            except subprocess.TimeoutExpired:
                self.kill()
