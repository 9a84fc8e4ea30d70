"""Conversations: accepted, answered by the bot or a person, handed over between them.

`domain` decides (pure), `service` carries out use cases, `adapters` reach databases, Redis and the
bot, `channels` speak a channel's own shapes, `api` is HTTP, `jobs` run beside requests.
"""
