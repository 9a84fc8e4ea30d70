"""The customer's door to what they thought of a conversation that has ended."""

from __future__ import annotations

from pydantic import Field
from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import json as respond

from handoff.api import shapes
from handoff.api.chat import authorised
from handoff.api.openapi import takes
from handoff.api.problems import Body, read_body
from handoff.domain.ratings import WORDS_LENGTH_MAX
from handoff.domain.text import accept_text

chat_rating = Blueprint("chat_rating", url_prefix="/api/chat")


class Rate(Body):
    """`score`: 1 (not at all content) to 5 (very); `words` as the customer likes."""

    score: int = Field(ge=1, le=5)
    words: str | None = Field(default=None, max_length=WORDS_LENGTH_MAX)


@chat_rating.post("/rating")
@takes(Rate)
async def rate(request: Request) -> HTTPResponse:
    """Say how content one is, once the conversation has ended (409 before); the last word counts. 201, again 200."""
    gateway, conversation_id = authorised(request)
    body = read_body(request, Rate)
    words = accept_text(body.words) if body.words and body.words.strip() else None
    rated = await gateway.ratings.rate(conversation_id, score=body.score, words=words)
    told = {"score": rated.rating.score, "words": rated.rating.words, "followed_up": rated.rating.is_low}
    return respond(told, status=201 if rated.is_new else 200)


@chat_rating.get("/rating")
async def read_rating(request: Request) -> HTTPResponse:
    """Return what the customer said last, and whether they may say it now."""
    gateway, conversation_id = authorised(request)
    rating, may_rate = await gateway.ratings.find(conversation_id)
    said = {"score": rating.score, "words": rating.words, "at": shapes.moment(rating.at)} if rating else None
    return respond({"rating": said, "may_rate": may_rate})
