"""What an operator's command can fail with."""


class OperationFailed(Exception):
    """A command cannot be carried out; the message says why and what to do next."""
