"""Fixtures of the bot's unit tests. They run in the bot's environment."""

from __future__ import annotations

import os

from bot import lean

lean.prepare_process(os.environ)
