"""The bot's actions: read who asks and what for, consult the shop, answer in kind and plain Korean.

Thin by intent: facts and rules live in `backoffice`, here are only the questions and the words.
"""
