"""Rasa's agent and message processor, with our stores and action calls.

Composition only: which class stands where. The flow of a message stays Rasa's.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, RemoteAction
from rasa.core.agent import Agent
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.action_endpoint import ActionEndpoint
from bot.lock_store import NoLockStore
from bot.model_storage import ServingModelStorage
from bot.remote_action import TurnAction
from bot.responses import TurnResponses
from bot.tracker_store import TurnTrackerStore


class TurnProcessor(MessageProcessor):
    """Handles one message with what the turn brought along."""

    @staticmethod
    def _load_model(
        model_path: str | Path,
    ) -> tuple[str, ModelMetadata, GraphRunner]:
        with tempfile.TemporaryDirectory(prefix="model-") as directory:
            metadata, runner = load_predict_graph_runner(
                Path(directory), Path(model_path), ServingModelStorage, DaskGraphRunner
            )
        return Path(model_path).name, metadata, runner

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[Action, PolicyPrediction]:
        """Predict as Rasa does; a remote action is called our way."""
        action, prediction = super().predict_next_with_tracker_if_should(tracker)
        if isinstance(action, RemoteAction):
            action = TurnAction(action.name(), self.action_endpoint)
        return action, prediction

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """A model knows no intents but the domain's: Rasa lists those anew for each message."""


class TurnAgent(Agent):
    """An agent that keeps no conversation."""

    @staticmethod
    def _create_tracker_store(
        store: TrackerStore | None, domain: Domain | None
    ) -> TrackerStore:
        # Rasa's wrapper would answer a failure with an empty conversation.
        assert store is not None
        return store

    def load_model(
        self, model_path: str | Path, fingerprint: str | None = None
    ) -> None:
        """Load a model archive; takes seconds and blocks."""
        self.processor = TurnProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        self.nlg.responses = self.domain.responses


def create_agent(endpoint: ActionEndpoint) -> TurnAgent:
    """An agent without a model yet."""
    return TurnAgent(
        tracker_store=TurnTrackerStore(domain=Domain.empty()),
        lock_store=NoLockStore(),
        generator=TurnResponses({}),
        action_endpoint=endpoint,
    )
