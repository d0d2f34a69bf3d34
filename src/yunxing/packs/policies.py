"""Load the policies of a pack: `policies/<id>.toml` (numbers, words, clauses), `<id>.py` (the rule, where no known kind will do).

Strict: unknown keys, floats, a number that its quote does not hold, a condition without a clause, a rule that imports anything but
`yunxing.rules` are located faults, all listed at once. What is loaded is traced, proved and frozen.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import Annotated, Any, Literal
from unicodedata import normalize

from pydantic import BeforeValidator, Field

from yunxing.engines.entitlements import kinds
from yunxing.engines.entitlements.intake import read_value
from yunxing.engines.entitlements.policy import Column, ConditionText, Kind, Parameter, Reading, Sheet, Source
from yunxing.engines.entitlements.ruleset import RuleSet, compile_policy
from yunxing.engines.entitlements.tree import Steps, Type
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.rules import Rule
from yunxing.values.errors import BadInput, Fault, nearest
from yunxing.values.money import Rounding, parse_money, parse_rate
from yunxing.values.period import day_number

FOLDER = "policies"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


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
    """Exactly one of `value`, `series` (with `until`), `bands` or `expected`."""

    title: str
    title_en: str
    cites: str = ""
    quote: str = ""
    source: str = ""
    value: str | int | None = None
    series: tuple[DatedValue, ...] = ()
    until: date | None = None
    bands: tuple[Band, ...] = ()
    expected: str = ""
    type: Literal["fen", "rate", "count", "days"] = "fen"  # of an expected number
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
    result: Kind
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


def load_policies(pack: Path) -> RuleSet:
    """Every policy of the pack as one frozen rule set, ordered by id. Errors: `PackFault` with all faults of all files."""
    files = sorted((pack / FOLDER).glob("*.toml"))
    files = [file for file in files if not file.name.endswith(".examples.toml")]
    policies, faults = [], []
    for file in files:
        try:
            policies.append(load_policy(file))
        except BadInput as refused:
            faults += list(getattr(refused, "faults", ())) or [
                Fault(str(file), "the rule", refused.message, "a rule that can be traced and proved")
            ]
    if faults:
        raise PackFault(faults)
    return RuleSet(tuple(policies))


def load_policy(file: Path) -> Any:
    """One policy, traced and proved. Errors: `PackFault` for its data, `RuleRefused` for its rule."""
    data = load(file, PolicyData)
    faults: list[Fault] = []
    sheet = _sheet(file, data, faults)
    faults += _unquoted(file, data)
    if faults:
        raise PackFault(faults)
    if data.kind == "function":
        return compile_policy(sheet, _rule(file))
    tests = [_test(name, condition) for name, condition in data.condition.items()]
    return compile_policy(sheet, kinds.from_data(data.kind, data.base, tests, sheet.parameters, Rounding(data.rounding)))


def _sheet(file: Path, data: PolicyData, faults: list[Fault]) -> Sheet:
    columns: dict[str, Column] = {}
    parameters: dict[str, Parameter] = {}
    for name, column in data.columns.items():
        try:
            columns[name] = _column(name, column)
        except BadInput as refused:
            faults.append(Fault(str(file), f"columns › {name}", refused.message, "a type with its range, such as 'fen 0 .. 200 亿元'"))
    for name, parameter in data.parameter.items():
        try:
            parameters[name] = _parameter(name, parameter)
        except BadInput as refused:
            faults.append(Fault(str(file), f"parameter › {name}", refused.message, "one value, series, bands or expected"))
    checks = [_row_check(file, text, columns, faults) for text in data.row_checks]
    return Sheet(
        id=file.stem,
        title=data.title,
        title_en=data.title_en,
        party=data.party,
        certainty=data.certainty,
        origin=data.origin,
        once=data.once,
        starts=data.in_force.from_,
        ends=data.in_force.to,
        columns=columns,
        parameters=parameters,
        conditions={
            name: ConditionText(Source(c.cites, c.quote, c.source), c.title, c.title_en, c.unverified) for name, c in data.condition.items()
        },
        row_checks=tuple(check for check in checks if check),
        readings=tuple(Reading(r.question, r.choice, r.by, r.since, r.question_en, r.choice_en) for r in data.reading),
        step_titles=data.steps,
        result=data.result,
        pays_to=data.pays_to,
    )


def _column(name: str, data: ColumnData) -> Column:
    word, _, rest = data.type.partition(" ")
    try:
        kind = Type(word)
    except ValueError:
        raise BadInput(f"the type {word!r} is not one of fen, count, days, date, flag, code") from None
    if kind in (Type.RATE, Type.FEN_DAYS):
        raise BadInput(f"a column of type {word} is not taken; give the rate as a count of its smallest step")
    titles = {"title": data.title, "title_en": data.title_en, "may_change": data.may_change}
    if kind is Type.FLAG:
        return Column(name, kind, 0, 1, **titles)  # type: ignore[arg-type]
    if kind is Type.CODE:
        options = tuple(rest.split())
        if len(set(options)) < max(len(options), 2):
            raise BadInput(f"a code needs two or more different names, found {rest!r}")
        return Column(name, kind, 0, len(options) - 1, options, **titles)  # type: ignore[arg-type]
    low, dots, high = (part.strip() for part in rest.partition(".."))
    bare = Column(name, kind, 0, 0)
    bounds = [read_value(bare, int(end) if end == "0" else end) for end in (low, high)]
    if not dots or bounds[0] is None or bounds[1] is None or bounds[0] > bounds[1]:
        raise BadInput(f"the range {rest!r} is not 'lowest .. highest'")
    return Column(name, kind, bounds[0], bounds[1], **titles)  # type: ignore[arg-type]


def _number(text: str | int) -> tuple[Type, Fraction]:
    """What a number of the text is, by its unit: money, a rate, days, a date such as 2022-12-31, or a plain count."""
    if isinstance(text, int):
        return Type.COUNT, Fraction(text)
    folded = "".join(normalize("NFKC", text).split())
    if re.fullmatch(r"\d+", folded):
        return Type.COUNT, Fraction(int(folded))
    if DAY.fullmatch(folded):
        return Type.DATE, Fraction(_day_of_text(folded))
    if folded.endswith(("%", "‰")):
        return Type.RATE, parse_rate(folded)
    if days := re.fullmatch(r"(\d+)[天日]", folded):
        return Type.DAYS, Fraction(int(days[1]))
    return Type.FEN, Fraction(parse_money(folded))


def _day_of_text(text: str) -> int:
    try:
        return day_number(date.fromisoformat(text))
    except ValueError:
        raise BadInput(f"{text!r} is no day of the calendar") from None


def _parameter(name: str, data: ParameterData) -> Parameter:
    given = [key for key in ("value", "series", "bands", "expected") if getattr(data, key) not in (None, (), "")]
    if len(given) != 1:
        raise BadInput(f"found {' and '.join(given) or 'none of them'}")
    if not (data.cites and (data.quote or data.bands or data.expected)) and not data.source:
        raise BadInput("neither a clause with its quote nor a source")
    words: dict[str, Any] = {
        "source": Source(data.cites, data.quote, data.source),
        "title": data.title,
        "title_en": data.title_en,
        "unverified": data.unverified,
    }
    if data.expected:
        return Parameter(name, Type(data.type), awaits=data.expected, **words)  # type: ignore[arg-type]
    if data.value is not None:
        kind, number = _number(data.value)
        return Parameter(name, kind, value=number, denominator=number.denominator, written=(str(data.value),), **words)  # type: ignore[arg-type]
    if data.bands:
        starts = [_number(band.from_) for band in data.bands]
        numbers = [_number(band.value) for band in data.bands]
        places = [int(start) for _, start in starts]
        return _table(
            name,
            places,
            numbers,
            {
                **words,
                "quotes": tuple(band.quote for band in data.bands),
                "table_kind": "band",
                "input_type": _one({kind for kind, _ in starts}),
            },
        )
    if data.until is None:
        raise BadInput("a series needs `until`, the last day for which it is known")
    days = [day_number(dated.from_) for dated in data.series]
    numbers = [_number(dated.value) for dated in data.series]
    return _table(name, days, numbers, {**words, "table_kind": "series", "input_type": Type.DATE}, until=day_number(data.until))


def _one(found: set[Type]) -> Type:
    if len(found) != 1:
        raise BadInput(f"values of different units: {', '.join(sorted(found))}")
    return next(iter(found))


def _table(
    name: str, starts: list[int], numbers: list[tuple[Type, Fraction]], words: dict[str, Any], until: int | None = None
) -> Parameter:
    if starts != sorted(set(starts)):
        raise BadInput("the starts do not rise from line to line")
    denominator = lcm(*(number.denominator for _, number in numbers))
    results = tuple(int(number * denominator) for _, number in numbers)
    result_type = _one({each for each, _ in numbers})
    table = Steps(tuple(starts), results, until)
    return Parameter(name, result_type, table=table, denominator=denominator, **words)


def _row_check(file: Path, text: str, columns: Mapping[str, Column], faults: list[Fault]) -> tuple[str, str] | None:
    a, sign, b = (part.strip() for part in text.partition("<="))
    unknown = [name for name in (a, b) if name not in columns]
    if not sign or unknown:
        guess = nearest(unknown[0], columns) if unknown else None
        faults.append(
            Fault(str(file), "row_checks", text, "'column <= column' of declared columns", fix=f"did you mean {guess!r}?" if guess else "")
        )
        return None
    return a, b


def _test(name: str, data: ConditionData) -> kinds.Test:
    if data.one_of:
        return kinds.Test(name, data.column, "one_of", data.one_of)
    for asks in ("at_least", "at_most", "above", "below"):
        if against := getattr(data, asks):
            return kinds.Test(name, data.column, asks, (against,))
    return kinds.Test(name, data.column, "holds" if data.is_ == "yes" else "fails")


def _unquoted(file: Path, data: PolicyData) -> Iterator[Fault]:
    """Numbers that the phrase quoted beside them does not hold."""
    for name, parameter in data.parameter.items():
        pairs = [(parameter.value, parameter.quote)] if parameter.value is not None and parameter.quote else []
        pairs += [(band.value, band.quote) for band in parameter.bands]
        pairs += [(band.from_, band.quote) for band in parameter.bands[1:]]
        for value, quote in pairs:
            if not number_in(str(value), quote):
                yield Fault(str(file), f"parameter › {name}", str(value), f"a number that stands in its quote “{quote}”")


def number_in(written: str, quote: str) -> bool:
    """Whether the number with its unit stands in the phrase; 200万元 does not stand in 1200万元.

    >>> number_in("2000 万元", "最高2000万元确定"), number_in("200 万元", "奖补1200万元")
    (True, False)
    """
    folded = ["".join(normalize("NFKC", text).split()) for text in (written, quote)]
    if DAY.fullmatch(folded[0]):
        year, month, day = (int(part) for part in folded[0].split("-"))
        folded[0] = f"{year}年{month}月{day}日"
    return re.search(r"(?<![\d.])" + re.escape(folded[0]), folded[1]) is not None


def quotes(pack: Path) -> Iterator[tuple[str, str, str]]:
    """Every (file, clause, quoted phrase) of the policies, to be verified against the attached text."""
    for file in sorted((pack / FOLDER).glob("*.toml")):
        if file.name.endswith(".examples.toml"):
            continue
        data = load(file, PolicyData)
        yield from ((str(file), condition.cites, condition.quote) for condition in data.condition.values())
        for parameter in data.parameter.values():
            phrases = [parameter.quote, *(band.quote for band in parameter.bands)]
            yield from ((str(file), parameter.cites, phrase) for phrase in phrases if parameter.cites and phrase)


def _rule(file: Path) -> Callable[[Any, Any], Any]:
    """The rule of `<id>.py`, after a look at what it imports."""
    source = file.with_suffix(".py")
    if not source.exists():
        raise PackFault([Fault(str(source), "the file", "nothing", "the rule of a policy of kind 'function'")])
    tree = ast.parse(source.read_text(encoding="utf-8"), str(source))
    faults = [
        Fault(str(source), f"line {node.lineno}", ast.unparse(node), "imports from yunxing.rules alone")
        for node in ast.walk(tree)
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and node.module not in ("yunxing.rules", "__future__"))
    ]
    if faults:
        raise PackFault(faults)
    spec = importlib.util.spec_from_file_location(f"policy_{file.stem}", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rules = [value for value in vars(module).values() if isinstance(value, Rule)]
    if [rule.id for rule in rules] != [file.stem]:
        found = ", ".join(repr(rule.id) for rule in rules) or "no rule"
        raise PackFault([Fault(str(source), "the rule", found, f'one function marked @policy("{file.stem}")')])
    return rules[0]
