"""The strict schema of a policy's data file: what may stand in `policies/<id>.toml` and in its examples; unknown keys are faults."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from yunxing.packs.strict import Strict


class InForce(Strict):
    """The days of application the policy covers, both included; `to` is absent until it is repealed."""

    from_: date = Field(alias="from")
    to: date | None = None


class ColumnData(Strict):
    """`type` is the type with its range, such as `fen 0 .. 200 亿元`, `date 2020-01-01 .. 2030-12-31`, `code SSE SZSE`, `flag`."""

    type: str
    title: str
    title_en: str
    may_change: bool = False


class ConditionData(Strict):
    """A condition's clause and words; a known kind also says which column it asks, and how."""

    cites: str
    quote: str
    title: str
    title_en: str
    column: str = ""
    is_: Literal["yes", "no"] = Field("yes", alias="is")
    at_least: str = ""
    at_most: str = ""
    above: str = ""
    below: str = ""
    one_of: tuple[str, ...] = ()
    source: str = ""  # the paper that says more than the plan's phrase
    unverified: str = ""  # what must still be checked against that paper


class DatedValue(Strict):
    """One value of a series, valid from this day until the next."""

    from_: date = Field(alias="from")
    value: str


class Band(Strict):
    """One band: its lower end (included) and its result, with the phrase that says both."""

    from_: str = Field(alias="from")
    value: str
    quote: str


class ParameterData(Strict):
    """Exactly one of `value`, `series` (with `until`), `bands`, `list` or `expected`."""

    title: str
    title_en: str
    cites: str = ""
    quote: str = ""
    source: str = ""
    value: str | int | None = None
    series: tuple[DatedValue, ...] = ()
    until: date | None = None
    by: Literal["day", "application"] = "day"  # of a series: a day the rule names with .at(…), or the day of application
    bands: tuple[Band, ...] = ()
    list_: str = Field("", alias="list")  # the id of a dated list in policies/catalogues/
    expected: str = ""
    type: Literal["fen", "rate", "count", "days", "months", "flag", "date"] = "fen"  # of an expected number
    unverified: str = ""  # what must still be checked; the policy is then computed as an estimate and never paid


class ReadingData(Strict):
    """A decision the text leaves open."""

    question: str
    question_en: str = ""
    choice: str
    choice_en: str = ""
    by: str
    since: date


class Expect(Strict):
    """What must come out; only what is written is compared."""

    outcome: Literal["yes", "no", "needs_data", "refused"]
    amount: str = ""
    days: str = ""
    binding: str = ""
    failed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


class ExampleData(Strict):
    """One example; `threshold` and `side` say which edge it stands at."""

    name: str
    given: dict[str, str] = {}
    expect: Expect
    threshold: str = ""
    side: Literal["", "below", "at", "above"] = ""
    on: date | None = None


class ExamplesFile(Strict):
    """The examples of one policy."""

    base: dict[str, str]
    example: tuple[ExampleData, ...]


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class PolicyData(Strict):
    """A policy's data file."""

    kind: Literal["function", "share", "band"]
    title: str
    title_en: str
    party: str
    pays_to: str = ""
    result: Literal["fen", "relief", "deferral", "credit", "exemption", "watch"]
    certainty: Literal["formula", "ceiling", "discretion"]
    origin: str
    once: Annotated[str, BeforeValidator(_as_text)] = ""
    base: str = ""
    rounding: Literal["half_up_fen", "half_up_yuan", "floor_fen", "floor_yuan", "ceil_fen"] = "half_up_fen"
    in_force: InForce
    columns: dict[str, ColumnData]
    row_checks: tuple[str, ...] = ()
    condition: dict[str, ConditionData]
    parameter: dict[str, ParameterData] = {}
    steps: dict[str, tuple[str, str]] = {}
    reading: tuple[ReadingData, ...] = ()
    examples: ExamplesFile | None = None
