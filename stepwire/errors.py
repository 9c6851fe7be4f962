"""The errors that Stepwire raises on purpose."""

from __future__ import annotations

from stepwire.printable import printable


class StepwireError(Exception):
    """An error for the user: the problem, and the way out of it.

    ``message`` says what is wrong and where; ``hint`` says what to do, and is
    printed on a separate line. The command line prints both without a stack
    trace and exits with status 1.
    """

    # As pytest does with its own: the last lines of a run have the name of the class
    # with its module, and are cut before they say what is wrong. The classes derived
    # from this one do the same.
    __module__ = "builtins"

    def __init_subclass__(cls) -> None:
        cls.__module__ = StepwireError.__module__

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        # pytest prints it as it is, and it may quote a stranger's cause or page.
        text = f"{self.message}\n{self.hint}" if self.hint else self.message
        return printable(text)
