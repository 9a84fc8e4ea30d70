"""What an operator's command can fail with."""


class OperationFailed(Exception):
    """A command cannot be carried out; the message says why and what to do next."""


class InputRefused(OperationFailed):
    """What was handed in cannot be used as it is; the message names each place. Exit status 2."""
