"""Switches the running bot to another model without losing a turn.

One spare worker slot is started with the new model; when it is ready an old worker is retired (it
finishes the turn it has in hand) and becomes the spare, until none is old. A model that does not
come up changes nothing: the old workers have been answering all the while.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx

from kernel.settings import Settings
from studio.errors import ModelNotFound, RolloutError, SupervisorError
from studio.registry import InUse, Registry, read_in_use, write_in_use
from studio.supervisor import Program, Supervisor

OnProgress = Callable[[str, float], None]
_READY_WITHIN_S = 120.0
_POLL_S = 0.25
_RUNNING = {"STARTING", "RUNNING", "BACKOFF"}


async def switch(settings: Settings, model_id: str, on_progress: OnProgress) -> None:
    """Bring `model_id` into use in every running worker. Raises RolloutError.

    Where no supervisor runs, the model is only recorded and used from the next start on.
    """
    try:
        Registry(settings.models_dir).get_archive(model_id)
    except ModelNotFound as error:
        raise RolloutError(str(error)) from error
    supervisor = Supervisor(settings.supervisor_socket) if settings.supervisor_socket else None
    if supervisor is None or not await asyncio.to_thread(supervisor.is_alive):
        write_in_use(settings.data_dir, InUse(active=model_id, slots={}))
        return
    try:
        await _Rollout(settings, supervisor, model_id, on_progress).run()
    except SupervisorError as error:
        raise RolloutError(f"the supervisor did not follow: {error}") from error
    finally:
        write_in_use(settings.data_dir, replace(read_in_use(settings.data_dir), slots={}))


class _Rollout:
    def __init__(self, settings: Settings, supervisor: Supervisor, model_id: str, on_progress: OnProgress) -> None:
        self._settings = settings
        self._supervisor = supervisor
        self._model_id = model_id
        self._on_progress = on_progress

    async def run(self) -> None:
        """Replace the old workers one by one."""
        slots = await self._list_slots()
        old = [slot.name for slot in slots if slot.state in _RUNNING]
        spare = next((slot.name for slot in slots if slot.state not in _RUNNING), None)
        if spare is None:
            raise RolloutError("no worker slot is free for the new model; the old one stays in use")
        for done, name in enumerate(old):
            self._on_progress(f"starting a worker with the new model ({done + 1} of {len(old)})", done / len(old))
            await self._start(spare, is_first=done == 0)
            self._on_progress(f"retiring a worker of the old model ({done + 1} of {len(old)})", (done + 0.7) / len(old))
            await asyncio.to_thread(self._supervisor.stop, name)
            spare = name
        self._on_progress("the new model answers", 1.0)

    async def _list_slots(self) -> list[Program]:
        programs = await asyncio.to_thread(self._supervisor.list_programs)
        return sorted(
            (program for program in programs if program.name.startswith("bot-")), key=lambda program: program.name
        )

    async def _start(self, slot: str, *, is_first: bool) -> None:
        in_use = read_in_use(self._settings.data_dir)
        write_in_use(self._settings.data_dir, replace(in_use, slots={**in_use.slots, slot: self._model_id}))
        await asyncio.to_thread(self._supervisor.start, slot)
        if not await self._becomes_ready(slot):
            await asyncio.to_thread(self._supervisor.stop, slot)
            stays = "the old one stays in use" if is_first else "workers of both run; try again"
            raise RolloutError(f"the model {self._model_id} did not come up; {stays}. See logs/{slot}.log")
        # From here on a worker that dies and is restarted comes back with the new model.
        write_in_use(self._settings.data_dir, InUse(active=self._model_id, slots={}))

    async def _becomes_ready(self, slot: str) -> bool:
        url = self._settings.bot_urls[int(slot.removeprefix("bot-"))]
        headers = {"Authorization": f"Bearer {self._settings.bot_token}"}
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=2.0) as client:
            try:
                async with asyncio.timeout(_READY_WITHIN_S):
                    while not await _is_ready(client):
                        await asyncio.sleep(_POLL_S)
            except TimeoutError:
                return False
        return True


async def _is_ready(client: httpx.AsyncClient) -> bool:
    try:
        answer = await client.get("/webhooks/ieum/health")
        found: Any = answer.json()
    except (httpx.HTTPError, ValueError):
        return False
    return answer.status_code == 200 and isinstance(found, dict) and found.get("ready") is True
