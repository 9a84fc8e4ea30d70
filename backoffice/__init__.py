"""The shop behind the conversation: customers, orders, deliveries, verification, blocks, benefits, privacy.

One folder a topic, each with its tables, its pure policy and its service. The bot's actions and
the agents' desk come here for facts; nothing here knows of conversations, the bot or HTTP.
"""
