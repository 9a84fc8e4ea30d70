"""How use cases reach the world: SQL, Redis, the bot."""
