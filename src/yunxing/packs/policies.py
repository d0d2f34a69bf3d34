"""Load the policies of a pack: `policies/<id>.toml` (numbers, words, clauses), `<id>.py` (the rule, where no known kind will do).

Strict: unknown keys, floats, a number that its quote does not hold, a condition without a clause, a rule that imports anything but
`yunxing.rules` are located faults, all listed at once. What is loaded is traced, proved and frozen.
"""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import lcm
from pathlib import Path
from typing import Any

from yunxing.engines.entitlements import kinds
from yunxing.engines.entitlements.intake import read_value
from yunxing.engines.entitlements.policy import Column, ConditionText, Listing, Parameter, Policy, Reading, Sheet, Source
from yunxing.engines.entitlements.ruleset import RuleSet, compile_policy
from yunxing.engines.entitlements.tree import Steps, Type
from yunxing.packs.policy_data import ColumnData, ConditionData, ParameterData, PolicyData
from yunxing.packs.policy_lists import RATE_STEPS, load_listings, named_listing, text_column
from yunxing.packs.policy_numbers import number_in, number_of
from yunxing.packs.strict import PackFault, load
from yunxing.rules import Rule
from yunxing.values.errors import BadInput, Fault, nearest
from yunxing.values.money import Rounding
from yunxing.values.period import day_number

FOLDER = "policies"


def load_policies(pack: Path) -> RuleSet:
    """Every policy of the pack as one frozen rule set, ordered by id. Errors: `PackFault` with all faults of all files."""
    files = sorted((pack / FOLDER).glob("*.toml"))
    files = [file for file in files if not file.name.endswith(".examples.toml")]
    policies, faults = [], []
    for file in files:
        try:
            policies += load_versions(file)
        except BadInput as refused:
            faults += list(getattr(refused, "faults", ())) or [
                Fault(str(file), "the rule", refused.message, "a rule that can be traced and proved")
            ]
    if faults:
        raise PackFault(faults)
    return RuleSet(tuple(policies))


def load_policy(file: Path) -> Policy:
    """The newest version of one policy, traced and proved. Errors: `PackFault` for its data, `RuleRefused` for its rule."""
    return load_versions(file)[-1]


def load_versions(file: Path) -> list[Policy]:
    """One policy for each span in which its numbers stay the same: a series `by = "application"` begins a version with each of its days."""
    data = load(file, PolicyData)
    faults: list[Fault] = list(_unquoted(file, data))
    listings, versions = load_listings(file.parent), []
    rule = _rule(file) if data.kind == "function" else None
    for start, end in _spans(data):
        sheet = _sheet(file, _version(data, start, end), listings, faults)
        if faults:
            raise PackFault(faults)
        if rule is not None:
            versions.append(compile_policy(sheet, rule))
            continue
        tests = [_test(name, condition) for name, condition in data.condition.items()]
        versions.append(compile_policy(sheet, kinds.from_data(data.kind, data.base, tests, sheet.parameters, Rounding(data.rounding))))
    return versions


def _spans(data: PolicyData) -> list[tuple[date, date | None]]:
    cuts = {data.in_force.from_}
    last = data.in_force.to
    for parameter in data.parameter.values():
        if parameter.by == "application":
            cuts |= {
                dated.from_ for dated in parameter.series if dated.from_ > data.in_force.from_ and (last is None or dated.from_ <= last)
            }
    days = sorted(cuts)
    return [(day, after - timedelta(days=1)) for day, after in pairwise(days)] + [(days[-1], last)]


def _version(data: PolicyData, start: date, end: date | None) -> PolicyData:
    """The data as they stand in one span: each series by the day of application is the one value that holds."""
    chosen = {}
    for name, parameter in data.parameter.items():
        chosen[name] = parameter
        if parameter.by == "application":
            held = [dated.value for dated in parameter.series if dated.from_ <= start]
            told = {"value": held[-1]} if held else {"expected": f"{start.isoformat()}执行的数值"}
            chosen[name] = parameter.model_copy(update={**told, "series": (), "until": None})
    return data.model_copy(update={"parameter": chosen, "in_force": data.in_force.model_copy(update={"from_": start, "to": end})})


def _sheet(file: Path, data: PolicyData, listings: Mapping[str, Listing], faults: list[Fault]) -> Sheet:
    columns: dict[str, Column] = {}
    parameters: dict[str, Parameter] = {}
    for name, column in data.columns.items():
        try:
            columns[name] = _column(name, column, listings)
        except BadInput as refused:
            faults.append(Fault(str(file), f"columns › {name}", refused.message, "a type with its range, such as 'fen 0 .. 200 亿元'"))
    for name, parameter in data.parameter.items():
        try:
            parameters[name] = _parameter(name, parameter, listings)
        except BadInput as refused:
            faults.append(Fault(str(file), f"parameter › {name}", refused.message, "one value, series, bands, list or expected"))
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


def _column(name: str, data: ColumnData, listings: Mapping[str, Listing]) -> Column:
    word, _, rest = data.type.partition(" ")
    try:
        kind = Type(word)
    except ValueError:
        raise BadInput(f"the type {word!r} is not one of fen, usd, count, days, months, date, rate, flag, code, text") from None
    if kind is Type.FEN_DAYS:
        raise BadInput(f"a column of type {word} is not taken")
    titles = {"title": data.title, "title_en": data.title_en, "may_change": data.may_change}
    if kind is Type.FLAG:
        return Column(name, kind, 0, 1, **titles)  # type: ignore[arg-type]
    if kind is Type.CODE:
        options = tuple(rest.split())
        if len(set(options)) < max(len(options), 2):
            raise BadInput(f"a code needs two or more different names, found {rest!r}")
        return Column(name, kind, 0, len(options) - 1, options, **titles)  # type: ignore[arg-type]
    if kind is Type.TEXT:
        return text_column(name, rest.split(), listings, titles)
    low, dots, high = (part.strip() for part in rest.partition(".."))
    steps = RATE_STEPS if kind is Type.RATE else 1
    bare = Column(name, kind, 0, 0, denominator=steps)
    bounds = [read_value(bare, int(end) if end == "0" else end) for end in (low, high)]
    if not dots or bounds[0] is None or bounds[1] is None or bounds[0] > bounds[1]:
        raise BadInput(f"the range {rest!r} is not 'lowest .. highest'")
    return Column(name, kind, bounds[0], bounds[1], denominator=steps, **titles)  # type: ignore[arg-type]


def _parameter(name: str, data: ParameterData, listings: Mapping[str, Listing]) -> Parameter:
    given = [key for key in ("value", "series", "bands", "list_", "expected") if getattr(data, key) not in (None, (), "")]
    if len(given) != 1:
        raise BadInput(f"found {' and '.join(given) or 'none of them'}")
    if not (data.cites and (data.quote or data.bands or data.expected)) and not data.source and not data.list_:
        raise BadInput("neither a clause with its quote nor a source")
    source = Source(data.cites, data.quote, data.source)
    words = {"source": source, "title": data.title, "title_en": data.title_en, "unverified": data.unverified}
    if data.expected:
        return Parameter(name, Type(data.type), awaits=data.expected, **words)  # type: ignore[arg-type]
    if data.list_:
        listing = named_listing(data.list_, listings)
        return Parameter(name, listing.type, listing=listing, table_kind="list", denominator=listing.denominator, **words)  # type: ignore[arg-type]
    if data.value is not None:
        kind, number = number_of(data.value)
        return Parameter(name, kind, value=number, denominator=number.denominator, written=(str(data.value),), **words)  # type: ignore[arg-type]
    if data.bands:
        starts = [number_of(band.from_) for band in data.bands]
        numbers = [number_of(band.value) for band in data.bands]
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
    numbers = [number_of(dated.value) for dated in data.series]
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
