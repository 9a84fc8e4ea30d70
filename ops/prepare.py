"""What has to be there before the processes start: tables, demo data, staff, a model that fits the data."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from backoffice import demo, schema
from handoff.adapters.sql import store as conversations
from kernel.clock import ProductClock
from kernel.database import create_engine
from kernel.settings import ROOT, Settings
from ops import staffing
from ops.instance import open_secrets
from ops.steps import Progress, step
from studio import training
from studio.registry import InUse, Registry, fingerprint, read_in_use, write_in_use, write_json

_DEMO_STAFF = (
    ("agent1", "김다정", "agent"),
    ("agent2", "이서준", "agent"),
    ("trainer", "박지우", "trainer"),
    ("supervisor", "최은서", "supervisor"),
    ("admin", "정하늘", "administrator"),
)


@dataclass(frozen=True)
class StaffLogin:
    """A demo login, as shown to whoever starts the demo."""

    login: str
    password: str
    role: str


def migrate(settings: Settings) -> None:
    """Bring both schemas to their newest revision."""
    schema.upgrade(settings.shop_database_url)
    conversations.upgrade(settings.database_url)


def load_demo(settings: Settings) -> None:
    """Load the demo shop where there is none yet, and the demo logins."""
    asyncio.run(_load_demo(settings))


async def _load_demo(settings: Settings) -> None:
    shop = create_engine(settings.shop_database_url)
    try:
        if not await demo.stories(shop):
            await demo.load(shop, ProductClock(settings.clock_offset_s))
    finally:
        await shop.dispose()
    names = {login: name for login, name, _ in _DEMO_STAFF}
    for entry in make_staff_logins(settings):
        await staffing.add(
            settings, login=entry.login, name=names[entry.login], password=entry.password, role=entry.role
        )


def make_staff_logins(settings: Settings) -> list[StaffLogin]:
    """Return the demo logins, with passwords made on first use and kept with the other secrets."""
    known = open_secrets(settings.data_dir, {})
    missing = {
        f"password:{login}": staffing.make_password() for login, _, _ in _DEMO_STAFF if f"password:{login}" not in known
    }
    if missing:
        known = known | missing
        write_json(settings.data_dir / "secrets.json", known)
    return [StaffLogin(login, known[f"password:{login}"], role) for login, _, role in _DEMO_STAFF]


def ensure_model(settings: Settings) -> str:
    """Put a model into use that fits the present training data, training one where there is none. Raises TrainingError."""
    in_use = read_in_use(settings.data_dir).active
    card = Registry(settings.models_dir).find(in_use) if in_use else None
    if card is not None and card.fingerprint == fingerprint(ROOT, settings.training_dir):
        return card.model_id
    model_id = find_or_train(settings)
    write_in_use(settings.data_dir, InUse(active=model_id, slots={}))
    return model_id


def find_or_train(settings: Settings) -> str:
    """Return a registered model that fits the present training data, training one where there is none."""
    card = Registry(settings.models_dir).find_by_fingerprint(fingerprint(ROOT, settings.training_dir))
    return card.model_id if card else train(settings)


def train(settings: Settings) -> str:
    """Train, measure and register a model, showing how far it is; return its id. Raises TrainingError."""
    with step("training the model") as progress:
        return asyncio.run(training.train(settings, lambda name, ratio: _show(progress, name, ratio)))


def _show(progress: Progress, name: str, ratio: float) -> None:
    progress.note(f"{ratio * 100:.0f} % {name}")
