"""What the forms of a pack owe their respondents: nothing asked twice, a legal basis that holds all year, a sender and a sentence that exist.

Source: the sharing regulation of government data (what sharing supplies is not collected again) and the design's rule that a survey without a
valid heading may be refused. An item without a level, an origin or a source is refused by the loader already.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from yunxing.engines.facts.wall import is_walled
from yunxing.packs.check_plan import did_you_mean, fault
from yunxing.packs.pack import Pack
from yunxing.packs.plan import bare
from yunxing.packs.strict import PackFault, read_toml
from yunxing.values.errors import Fault

if TYPE_CHECKING:
    from yunxing.engines.facts.form import Form, Item

_WHY = "统计调查取得的单户资料只用于统计 (the Statistics Law)"


def form_faults(pack: Pack) -> list[Fault]:
    """Every fault of the forms that no form can see alone. Forms that cannot be read are told by their loader."""
    try:
        forms: dict[str, Form] = pack.load_section("forms") if any((pack.folder / "forms").glob("*.toml")) else {}
        return [*_heads(pack, forms), *_twice(pack, forms), *_wall(pack, forms), *_limits(pack, forms)]
    except PackFault:
        return []


def _heads(pack: Pack, forms: dict[str, Form]) -> Iterator[Fault]:
    """Senders and sentences exist, and the heading is valid to the end of the plan's year."""
    end = date(pack.document.plan_year, 12, 31)
    clauses = {bare(part.clause) for measure in pack.measures for part in measure.parts}
    for form in forms.values():
        file = f"forms/{form.id}.toml"
        if form.sender and form.sender not in pack.offices:
            yield fault(
                pack, file, ("sender",), f"the office {form.sender!r}", "an id of offices.toml", did_you_mean(form.sender, pack.offices)
            )
        for clause in form.clauses:
            if clause not in clauses:
                yield fault(pack, file, ("clauses",), clause, "a clause of measures.toml", did_you_mean(clause, clauses))
        if form.legal.valid_until < end:
            found = f"a legal basis that expires on {form.legal.valid_until}"
            yield fault(
                pack, file, ("legal", "valid_until"), found, f"one valid to {end} at least", "renew the approval, or take the form away"
            )


def _twice(pack: Pack, forms: dict[str, Form]) -> Iterator[Fault]:
    """The same thing collected from the same respondents on two forms: the same id, or the same title, under the same keys."""
    first: dict[tuple[Any, ...], str] = {}
    for form in forms.values():
        at = {item["id"]: place for place, item in enumerate(_items(pack, form.id))}
        for item in form.items:
            if item.source != "collect":
                continue
            for key in _identities(form, item):
                known = first.setdefault(key, f"{form.id}.{item.id}")
                if known.partition(".")[0] != form.id:
                    yield fault(
                        pack,
                        f"forms/{form.id}.toml",
                        ("items", at[item.id]),
                        f"{item.title} ({item.id}), which {known} collects already",
                        "each thing asked once of a respondent",
                        f'take it from there (source = "shared:{known}" or "derived"), or ask something else',
                    )
                    break


def _wall(pack: Pack, forms: dict[str, Form]) -> Iterator[Fault]:
    """No rule of benefits and no figure by party reads what single respondents told under the Statistics Law (`engines.facts.wall`)."""

    def walled(form: str, item: str) -> bool:
        found = next((one for one in forms[form].items if one.id == item), None) if form in forms else None
        return found is not None and is_walled(forms[form], found)

    for at, column in enumerate(_tables(pack, "profile.toml", "column")):
        kind, _, rest = str(column.get("source", "")).partition(":")
        form, _, item = rest.partition(".")
        if kind == "fact" and walled(form, item):
            yield fault(
                pack, "profile.toml", ("column", at, "source"), f"{rest}, single respondents' statistics", "a fact of another origin", _WHY
            )
    for at, card in enumerate(_tables(pack, "indicators.toml", "indicator")):
        if "party" in card.get("scopes", []) and walled(str(card.get("form", "")), str(card.get("item", ""))):
            found = f"a figure by party of {card['form']}.{card['item']}, single respondents' statistics"
            yield fault(pack, "indicators.toml", ("indicator", at, "scopes"), found, "scopes of several respondents", _WHY)


def _limits(pack: Pack, forms: dict[str, Form]) -> Iterator[Fault]:
    """A limit by the registry names a column that the registry keeps of what the form is about."""
    columns: dict[str, set[str]] = {}
    for one in _tables(pack, "lists/rosters.toml", "item"):
        if one.get("party"):
            columns.setdefault(str(one["party"]), set()).add(str(one["id"]))
    for form in forms.values():
        known = columns.get(form.subject, set())
        for at, check in enumerate(form.checks):
            if check.registry and check.registry not in known:
                where = ("checks", at, "registry")
                yield fault(
                    pack,
                    f"forms/{form.id}.toml",
                    where,
                    f"{check.registry!r}",
                    f"a column of a {form.subject} in lists/rosters.toml",
                    did_you_mean(check.registry, known),
                )


def _tables(pack: Pack, file: str, array: str) -> list[dict[str, Any]]:
    path = pack.folder / file
    found = read_toml(path).get(array, []) if path.exists() else []
    return [one for one in found if isinstance(one, dict)]


def _identities(form: Form, item: Item) -> Iterator[tuple[Any, ...]]:
    whom = (form.subject, form.detail.title if form.detail is not None else "")
    yield (*whom, "id", item.id)
    yield (*whom, "title", item.title)


def _items(pack: Pack, form: str) -> list[dict[str, Any]]:
    found = read_toml(pack.folder / "forms" / f"{form}.toml").get("items", [])
    return [one for one in found if isinstance(one, dict)]
