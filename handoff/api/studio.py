"""The trainers' door: utterances the bot was unsure of, trainings, models."""

from __future__ import annotations

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, json

from handoff.api import shapes
from handoff.api.app import gateway_of
from handoff.api.openapi import takes
from handoff.api.problems import Body, problem, read_body
from handoff.api.staff import member, member_saying
from handoff.service.staff import STUDIO_ROLES
from studio import registry

studio = Blueprint("studio", url_prefix="/api/studio")


class Label(Body):
    """`intent`: an id of /api/studio/intents."""

    intent: str


class Nothing(Body):
    """An empty object."""


@studio.get("/intents")
async def intents(request: Request) -> HTTPResponse:
    """Return every intent with its Korean name and meaning."""
    await member(request, STUDIO_ROLES)
    found = gateway_of(request).intents.list_all()
    return json({"intents": [{"id": i.id, "ko": i.ko, "means": i.means} for i in found]})


@studio.get("/candidates")
async def candidates(request: Request) -> HTTPResponse:
    """Return the utterances the bot was unsure of, and how many were labelled since the last training."""
    await member(request, STUDIO_ROLES)
    gateway = gateway_of(request)
    found = await gateway.utterances.list_open()
    labelled_count = await gateway.utterances.count_labelled_since(gateway.trainings.last_started_at())
    return json({"candidates": [c | {"at": shapes.moment(c["at"])} for c in found], "labelled_count": labelled_count})


@studio.post("/candidates/<candidate_id:str>/label")
@takes(Label)
async def label(request: Request, candidate_id: str) -> HTTPResponse:
    """Give an utterance its intent; it is in the training data from now on."""
    agent, body = await member_saying(request, Label, STUDIO_ROLES)
    await gateway_of(request).utterances.label(candidate_id, body.intent, by=agent.agent_id)
    return json({})


@studio.post("/candidates/<candidate_id:str>/dismiss")
@takes(Nothing)
async def dismiss(request: Request, candidate_id: str) -> HTTPResponse:
    """Take an utterance off the list."""
    agent = await member(request, STUDIO_ROLES)
    read_body(request, Nothing)
    await gateway_of(request).utterances.dismiss(candidate_id, by=agent.agent_id)
    return json({})


@studio.post("/trainings")
@takes(Nothing)
async def start_training(request: Request) -> HTTPResponse:
    """Train on the present data and switch to the new model; 409 while a training is under way."""
    await member(request, STUDIO_ROLES)
    read_body(request, Nothing)
    trainings = gateway_of(request).trainings
    if not trainings.start():
        return problem(409, "training_under_way", "이미 학습하고 있어요. 끝난 뒤에 다시 눌러 주세요.")
    return json({"state": trainings.current.state}, status=202)


@studio.get("/trainings/current")
async def current_training(request: Request) -> HTTPResponse:
    """Return where the last training stands."""
    await member(request, STUDIO_ROLES)
    current = gateway_of(request).trainings.current
    return json(
        {
            "state": current.state,
            "step": current.step,
            "progress": round(current.progress, 3),
            "model_id": current.model_id,
            "error": current.error,
            "started_at": shapes.moment(current.started_at),
            "finished_at": shapes.moment(current.finished_at),
        }
    )


@studio.get("/models")
async def models(request: Request) -> HTTPResponse:
    """Return the trained models, newest first, and which one answers now."""
    await member(request, STUDIO_ROLES)
    settings = gateway_of(request).settings
    active = registry.read_in_use(settings.data_dir).active
    cards = registry.Registry(settings.models_dir).list_models()
    return json(
        {
            "models": [
                {
                    "model_id": card.model_id,
                    "created_at": card.created_at,
                    "active": card.model_id == active,
                    "accuracy": card.accuracy,
                }
                for card in cards
            ]
        }
    )
