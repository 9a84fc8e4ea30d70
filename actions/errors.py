"""What can go wrong in the action server.

ActionError
└── InvalidTurnContext    the signed context of the turn is not genuine or has expired
"""


class ActionError(Exception):
    """The root of every error an action raises on purpose. `code` is stable."""

    code = "action_error"


class InvalidTurnContext(ActionError):
    """The turn's context cannot be trusted, so nothing may be said in the customer's name."""

    code = "invalid_turn_context"
