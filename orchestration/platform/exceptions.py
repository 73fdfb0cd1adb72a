"""What ends a command or a step with a reason that a person can act on."""


class CannotRunError(Exception):
    """Nothing could be done; the message says why and what to do."""


class TookTooLongError(CannotRunError):
    """It was stopped at its limit of time."""
