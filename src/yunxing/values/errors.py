"""The one tree of errors, and the fault as a value.

::

    Exception
    └── YunxingError            anything this product raises on purpose
        └── Refusal             the service was refused; the message is a sentence for the user
            ├── BadInput        what was given cannot be read or does not fit     (exit 2)
            ├── DoesNotHold     what was to be checked does not hold              (exit 1)
            ├── ScopeError      no scope was given, or the matter lies outside it (exit 1)
            └── BasisMismatch   two figures of unlike basis were to be compared   (exit 1)

    Fault                       not an exception: one problem found in data, collected with the others

Faults of data are collected values, so that a user sees all of them at once; an exception is for a refusal of service or a bug.
A broad ``except`` stands only in the outermost storey, which turns ``exit_code`` into the status of the process.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, Literal

Severity = Literal["block", "warn", "hold"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One problem in data: where it stands, what was found, what was expected, why it matters and how to mend it.

    ``severity`` is ``block`` (not accepted), ``warn`` (accepted, a reason is asked) or ``hold`` (kept aside until someone decides).

    >>> print(Fault("pack.toml", "line 3", "isuers", "issuers", fix="rename the key"))
    pack.toml, line 3: found isuers, expected issuers. To mend it: rename the key.
    """

    file: str
    place: str
    found: str
    expected: str
    why: str = ""
    fix: str = ""
    severity: Severity = "block"

    def __str__(self) -> str:
        """One clear sentence; the reason and the remedy follow when they are known."""
        where = ", ".join(part for part in (self.file, self.place) if part)
        text = f"{where}: " if where else ""
        text += f"found {self.found or 'nothing'}, expected {self.expected}"
        text += f", because {self.why.rstrip('.。')}" if self.why else ""
        text += f". To mend it: {self.fix.rstrip('.。')}." if self.fix else "."
        return text


class YunxingError(Exception):
    """Anything this product raises on purpose."""

    exit_code: ClassVar[int] = 1


class Refusal(YunxingError):
    """The service was refused. The message is a whole sentence that a user can read; ``faults`` holds what was collected, if anything was."""

    def __init__(self, message: str, faults: Iterable[Fault] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.faults = tuple(faults)


class BadInput(Refusal):
    """What was given cannot be read, or does not fit where it was put."""

    exit_code: ClassVar[int] = 2

    @classmethod
    def from_faults(cls, faults: Iterable[Fault]) -> "BadInput":
        """One refusal for all the faults of an input, one sentence a line; at least one is needed."""
        kept = tuple(faults)
        if not kept:
            message = "a refusal needs at least one fault"
            raise ValueError(message)
        return cls("\n".join(str(fault) for fault in kept), kept)


class DoesNotHold(Refusal):
    """What was to be checked was read well and does not hold."""


class ScopeError(Refusal):
    """No scope was given, or what was asked lies outside it."""


class BasisMismatch(Refusal):
    """Two figures were to be compared whose panels, definitions or periods are not alike."""


def nearest(key: str, valid: Iterable[str]) -> str | None:
    """The valid word most like ``key``, for "did you mean"; None when nothing is near.

    >>> nearest("isuers", ["issuers", "number", "place"])
    'issuers'
    >>> nearest("zzz", ["issuers", "number", "place"]) is None
    True
    """
    found = get_close_matches(key, list(valid), n=1, cutoff=0.6)
    return found[0] if found else None
