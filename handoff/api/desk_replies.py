"""The desk's door to prepared words, suggested replies, and how content customers were."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as respond

from handoff.api import shapes
from handoff.api.app import gateway_of
from handoff.api.openapi import asks, takes
from handoff.api.problems import Body
from handoff.api.shapes import Json
from handoff.api.staff import member, member_saying
from handoff.domain.macros import INTENTS_MAX, NAME_LENGTH_MAX, TEXT_LENGTH_MAX, Macro
from handoff.domain.placeholders import MEANINGS, PAIRS
from handoff.domain.ratings import LOW_UP_TO, SCORES, Rating
from handoff.domain.routing import SKILLS
from handoff.domain.text import accept_text
from handoff.errors import Invalid
from handoff.service.staff import DESK_ROLES
from handoff.service.suggestions import Suggestion

desk_replies = Blueprint("desk_replies", url_prefix="/api/desk")

KEEPERS = frozenset({"supervisor", "administrator"})
QUERY_LENGTH_MAX = 100


class WriteMacro(Body):
    """Prepared words; `text` may hold names in braces, `skill` is the team (absent: all), `intents` what it answers."""

    name: str = Field(min_length=1, max_length=NAME_LENGTH_MAX)
    text: str = Field(min_length=1, max_length=TEXT_LENGTH_MAX)
    skill: str | None = Field(default=None, max_length=40)
    intents: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, max_length=INTENTS_MAX)


class ChangeMacro(WriteMacro):
    """`version`: the newest one that the page has seen."""

    version: int = Field(ge=1, le=2**31 - 1)


@desk_replies.get("/macros")
@asks(q="words to look for", skill="a team: its macros and those for all")
async def list_macros(request: Request) -> HTTPResponse:
    """Return macros: those with the words of `q`, the best first; without it all, by team and name."""
    await member(request, DESK_ROLES)
    words, skill = request.args.get("q", "")[:QUERY_LENGTH_MAX], request.args.get("skill") or None
    if skill is not None and skill not in SKILLS:
        raise Invalid("그런 팀은 없어요.", code="unknown_skill")
    found = await gateway_of(request).macros.search(words, skill=skill)
    return respond({"macros": [_macro(macro) for macro in found]})


@desk_replies.get("/macros/placeholders")
async def list_placeholders(request: Request) -> HTTPResponse:
    """Return the names that may stand in braces, what they become, and the particles that may follow a colon."""
    await member(request, DESK_ROLES)
    named = [{"name": name, "means": means} for name, means in MEANINGS.items()]
    return respond({"placeholders": named, "particles": sorted(PAIRS)})


@desk_replies.post("/macros")
@takes(WriteMacro)
async def add_macro(request: Request) -> HTTPResponse:
    """Add a macro; supervisors only. 422 `unknown_placeholder` names what cannot be filled."""
    agent, body = await member_saying(request, WriteMacro, KEEPERS)
    made = await gateway_of(request).macros.add(
        agent, name=accept_text(body.name), text=accept_text(body.text), skill=body.skill, intents=body.intents
    )
    return respond(_macro(made), status=201)


@desk_replies.put("/macros/<macro_id:str>")
@takes(ChangeMacro)
async def change_macro(request: Request, macro_id: str) -> HTTPResponse:
    """Give a macro other words; supervisors only. 409 where somebody else did since."""
    agent, body = await member_saying(request, ChangeMacro, KEEPERS)
    changed = await gateway_of(request).macros.change(
        macro_id,
        agent,
        version=body.version,
        name=accept_text(body.name),
        text=accept_text(body.text),
        skill=body.skill,
        intents=body.intents,
    )
    return respond(_macro(changed))


@desk_replies.delete("/macros/<macro_id:str>")
@asks(version="the newest version that the page has seen")
async def remove_macro(request: Request, macro_id: str) -> HTTPResponse:
    """Show a macro to nobody any more; supervisors only."""
    agent = await member(request, KEEPERS)
    await gateway_of(request).macros.retire(macro_id, agent, version=_number(request, "version", 2**31 - 1))
    return empty()


@desk_replies.get("/conversations/<conversation_id:str>/macros/<macro_id:str>")
async def fill_macro(request: Request, conversation_id: str, macro_id: str) -> HTTPResponse:
    """Return a macro's words filled from a conversation; `missing` names what is still in braces."""
    agent = await member(request, DESK_ROLES)
    gateway = gateway_of(request)
    macro = await gateway.macros.get(macro_id)
    filled = await gateway.suggestions.fill(conversation_id, agent, macro)
    return respond({"text": filled.text, "missing": list(filled.missing), "macro": _macro(macro)})


@desk_replies.get("/conversations/<conversation_id:str>/suggestions")
async def list_suggestions(request: Request, conversation_id: str) -> HTTPResponse:
    """Return replies that fit what the customer said last: macros, then answers from conversations like it.

    Each says where it comes from. Answers hold nothing of the customer they were written for; `has_gaps` tells that
    something was taken out and has to be written anew, `missing` what is still in braces.
    """
    agent = await member(request, DESK_ROLES)
    found = await gateway_of(request).suggestions.list_for(conversation_id, agent)
    return respond({"suggestions": [_suggestion(one) for one in found]})


@desk_replies.get("/ratings")
@asks(most="only ratings up to this score, 1 to 5; 3 are those that are followed up")
async def list_ratings(request: Request) -> HTTPResponse:
    """Return the newest ratings: all for supervisors, for agents their own."""
    agent = await member(request, DESK_ROLES)
    most = _number(request, "most", max(SCORES)) if "most" in request.args else max(SCORES)
    found = await gateway_of(request).ratings.list_for(agent, most=most)
    return respond({"ratings": [rating(one, name) for one, name in found], "followed_up_to": LOW_UP_TO})


def rating(one: Rating, agent_name: str | None) -> Json:
    """Return a rating as the desk sees it."""
    return {
        "conversation_id": one.conversation_id,
        "score": one.score,
        "words": one.words,
        "at": shapes.moment(one.at),
        "channel": one.channel,
        "skill": one.skill,
        "agent_name": agent_name,
        "ticket_number": one.ticket_number,
    }


def _macro(macro: Macro) -> Json:
    return {
        "macro_id": macro.macro_id,
        "name": macro.name,
        "text": macro.text,
        "skill": macro.skill,
        "intents": list(macro.intents),
        "version": macro.version,
        "changed_by": macro.changed_by,
        "changed_at": shapes.moment(macro.changed_at),
    }


def _suggestion(one: Suggestion) -> Json:
    told: Json = {"text": one.filled.text, "missing": list(one.filled.missing), "has_gaps": one.has_gaps}
    if one.macro is not None:
        source = {"macro_id": one.macro.macro_id, "name": one.macro.name}
        return {"kind": "macro", **told, "score": one.score, "source": source}
    assert one.solved is not None, "a suggestion has a source"
    source = {"conversation_id": one.solved.conversation_id, "date": shapes.moment(one.solved.at) or ""}
    return {"kind": "solved", **told, "score": one.score, "source": source}


def _number(request: Request, name: str, most: int) -> int:
    text = request.args.get(name, "")
    if not (text.isascii() and text.isdecimal()) or len(text) > 10 or not 1 <= int(text) <= most:
        raise Invalid(f"{name}에는 1부터 {most}까지의 정수를 넣어 주세요.", code="invalid_parameter")
    return int(text)
