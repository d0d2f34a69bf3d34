"""Profiles of real parties: each column from the source that the pack's `profile.toml` names, and beside each value where it stands and since when.

registry, lists, reported facts, ledger, declared workbooks ─► a row a party and policy ─► `run_round`, `deliver`, the enterprise's own page

What no source says is absent, and the rule answers that data are needed. A source that is silent about a party may be filled by what the party
declared; a source that speaks is never overruled. A demonstration fills what only documents could tell with synthetic answers (`run_round`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yunxing.engines.entitlements.feeds import Feed, Known, value_of
from yunxing.engines.entitlements.policy import Column, Policy
from yunxing.engines.entitlements.ruleset import RuleSet
from yunxing.engines.entitlements.tree import Type
from yunxing.engines.facts.form import Form
from yunxing.engines.facts.wall import guard
from yunxing.engines.registry.parties import Party
from yunxing.io import declared
from yunxing.io.store.granted import granted_before, keeps_account
from yunxing.io.store.registry import read_memberships, read_parties
from yunxing.packs.forms import load_forms
from yunxing.packs.pools import load_pools
from yunxing.packs.profile import load_feeds
from yunxing.packs.registers import load_registers
from yunxing.values.errors import BadInput
from yunxing.values.period import day_of

if TYPE_CHECKING:
    import polars as pl

LINEAGE = "lineage"
EVERYBODY = ""  # whom a value of the round itself is declared for


class Sources:
    """What is known of every party on a day, read once: each source only when a column asks for it."""

    def __init__(self, home: Path, pack: Path, connection: Any, on: date) -> None:
        self.home, self.pack, self.connection, self.on = home, pack, connection, on
        self.feeds: Mapping[str, Feed] = load_feeds(pack)
        self._facts: dict[str, dict[str, Known]] = {}
        self._lists: dict[str, dict[str, Known] | None] = {}
        self._granted: dict[str, dict[str, int] | None] = {}

    @cached_property
    def parties(self) -> dict[str, Party]:
        """Enterprises and projects that exist on the day."""
        return read_parties(self.connection, on=self.on)

    @cached_property
    def projects_of(self) -> dict[str, list[str]]:
        """The projects of each enterprise."""
        found: dict[str, list[str]] = {}
        for party in self.parties.values():
            if party.kind == "project" and party.parent:
                found.setdefault(party.parent, []).append(party.id)
        return found

    @cached_property
    def declared(self) -> Mapping[str, Mapping[str, declared.Declared]]:
        """Declared cells known by the day, by party and column; the newest counts."""
        return declared.known(self.home, self.on)

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        """The pack's forms."""
        return load_forms(self.pack)

    @cached_property
    def kinds_of_lists(self) -> dict[str, str]:
        """The kind of party each list holds."""
        return {name: one.kind for name, one in load_registers(self.pack).rosters.items()}

    def known(self, policy: Policy, column: Column, party: Party) -> tuple[Any, Known | None]:
        """The value of a column of a party, typed, and where it stands; (None, None) where nobody says anything.

        Errors: `BadInput` naming the column, the party and what was found.
        """
        feed = self.feeds[column.name]
        found = self._from_source(feed, policy, column, party)
        try:
            value = None if found is None else value_of(column, feed.means, found.value)
            if value is not None:
                return value, found
            said = self.declared.get(party.id, {}).get(column.name)
            if said is None and feed.kind == "round":
                said = self.declared.get(EVERYBODY, {}).get(column.name)
            if said is None:
                return None, None
            return value_of(column, (), said.value), Known(said.value, said.day, f"{said.document} {said.place}".strip())
        except BadInput as refused:
            raise BadInput(f"profile: {column.name} of {party.id} ({feed.kind}:{feed.what}): {refused.message}") from refused

    def _from_source(self, feed: Feed, policy: Policy, column: Column, party: Party) -> Known | None:
        match feed.kind:
            case "registry":
                value = getattr(party, feed.what) if hasattr(party, feed.what) else party.attributes.get(feed.what)
                return Known(value, party.valid_from)
            case "list":
                return self._on_list(feed, column, party)
            case "fact":
                reported = self._reported(feed)
                return reported.get(party.id) or (Known(feed.absent, self.on) if feed.absent and reported else None)
            case "ledger":
                return self._of_ledger(policy, column, party)
            case "round":
                return {"as_of": Known(self.on, self.on), "year": Known(self.on.year, self.on)}.get(feed.what)
            case _:
                return None

    def _on_list(self, feed: Feed, column: Column, party: Party) -> Known | None:
        """Yes or no of a list of this kind of party, or of an enterprise by its projects; nothing where the list is empty or lists other things."""
        name, _, of_members = feed.what.partition(".")
        of = self.kinds_of_lists.get(name, "")
        if of not in ("enterprise", "project") or of not in (party.kind, "project" if party.kind == "enterprise" else "enterprise"):
            return None
        if feed.what not in self._lists:
            self._lists[feed.what] = self._members(name, of_members)
        members = self._lists[feed.what]
        if members is None:
            return None
        whom = [party.id] if of == party.kind else self.projects_of.get(party.id, []) if party.kind == "enterprise" else [party.parent]
        on_it = [members[one] for one in whom if one in members]
        if of_members and column.type is Type.FLAG and len(on_it) > 1:
            held = [one for one in on_it if value_of(column, feed.means, one.value)]
            return (held or on_it)[0]
        if on_it:
            return on_it[0]
        return Known("no" if of_members or column.type is Type.FLAG else None, self.on)

    def _members(self, roster: str, of_members: str) -> dict[str, Known] | None:
        every = read_memberships(self.connection, roster=roster)
        if not every:
            return None
        return {
            one.party: Known(one.attributes.get(of_members) if of_members else True, one.valid_from, one.reason)
            for one in every
            if one.valid_on(self.on)
        }

    def _reported(self, feed: Feed) -> dict[str, Known]:
        """The newest reported value of each party, known by the day and not held."""
        if feed.what not in self._facts:
            form, _, item = feed.what.partition(".")
            self._facts[feed.what] = self._newest(form, item)
        return self._facts[feed.what]

    def _newest(self, form: str, item: str) -> dict[str, Known]:
        import polars as pl

        from yunxing.io.tables import facts_as_of

        options = next(one for one in self.forms[form].items if one.id == item)
        facts = guard(facts_as_of(self.home, self.on, forms=[form]), "entitlements")
        # of a month and of the months up to it, the sum up to it is meant: it is what a year's amount rests on
        mine = facts.filter((pl.col("item") == item) & (pl.col("role") == "value") & ~pl.col("held"))
        mine = mine.with_columns(
            whole=pl.col("as_reported") == "cumulative", ends=pl.col("period").map_elements(_ends, return_dtype=pl.String)
        )
        mine = mine.sort("party", "ends", "whole")
        found: dict[str, Known] = {}
        for row in mine.iter_rows(named=True):
            if row["value"] is not None:
                place = f"{row['period']} {row['sheet']}!{row['cell']}" if row["cell"] else row["period"]
                found[row["party"]] = Known(_plain(row["value"], options), row["known_at"].date(), place)
        return found

    def _of_ledger(self, policy: Policy, column: Column, party: Party) -> Known | None:
        """What was granted under the policy; nothing where its pool has no account yet, so that nobody was ever paid from here."""
        if policy.id not in self._granted:
            pool = next((one for one in load_pools(self.pack).values() if policy.id in one.policies), None)
            there = pool is not None and keeps_account(self.connection, pool.account)
            self._granted[policy.id] = granted_before(self.connection, policy.id) if there else None
        sums = self._granted[policy.id]
        if sums is None:
            return None
        fen = sums.get(party.id, 0)
        return Known(bool(fen) if column.type is Type.FLAG else fen, self.on)

    def row(self, policy: Policy, party: Party, columns: Iterable[Column] | None = None) -> dict[str, Any]:
        """A profile row: the policy's columns, and in `lineage` (JSON) where each known one stands and since when."""
        chosen = policy.sheet.columns.values() if columns is None else columns
        row: dict[str, Any] = {"party": party.id, "payee": party.parent if party.kind == "project" and party.parent else party.id}
        row |= {"name": party.name, "source": "", "arrived": None}
        lineage: dict[str, list[str]] = {}
        for column in chosen:
            value, known = self.known(policy, column, party)
            row[column.name] = value
            if known is not None:
                lineage[column.name] = [known.day.isoformat() if known.day else "", known.place]
        days = [known.day for name in chosen for known in [self.declared.get(party.id, {}).get(name.name)] if known]
        row["arrived"] = max(days, default=None)
        row[LINEAGE] = json.dumps(lineage, ensure_ascii=False, sort_keys=True)
        return row


def _ends(period: str) -> str:
    """The month or day a period ends in, so that periods sort by what they reach."""
    return f"{period[:4]}-{period[-2:]}" if ".." in period else period


def _plain(value: int, item: Any) -> Any:
    if item.type == "choice":
        return item.options[value].id if 0 <= value < len(item.options) else None
    if item.type == "date":
        return day_of(value)
    return bool(value) if item.type == "flag" else value


def gathered(home: Path, pack: Path, connection: Any, rules: RuleSet, on: date) -> dict[str, pl.DataFrame]:
    """By policy in force on the day, a row for every party of its kind of which some source says something. Errors: `BadInput`."""
    sources = Sources(home, pack, connection, on)
    found: dict[str, pl.DataFrame] = {}
    for policy in rules:
        if not policy.in_force(on):
            continue
        kind = "project" if policy.sheet.party == "project" else "enterprise"
        rows = [sources.row(policy, party) for party in sources.parties.values() if party.kind == kind]
        told = [row for row in rows if _tells(row, policy, sources.feeds)]
        if told:
            found[policy.id] = frame_of(policy, told)
    return found


def _tells(row: Mapping[str, Any], policy: Policy, feeds: Mapping[str, Feed]) -> bool:
    return any(row.get(name) is not None and feeds[name].kind != "round" for name in policy.sheet.columns)


def frame_of(policy: Policy, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows as a frame with the policy's columns and the columns of a claim, each in its type; `lineage` last."""
    import polars as pl

    kinds = {Type.FLAG: pl.Boolean(), Type.DATE: pl.Date(), Type.CODE: pl.String(), Type.TEXT: pl.String()}
    extra = ("party", "payee", "name", "source", "arrived")
    schema: dict[str, Any] = {name: pl.Date() if name == "arrived" else pl.String() for name in extra}
    schema |= {column.name: kinds.get(column.type, pl.Int64()) for column in policy.sheet.columns.values()}
    schema[LINEAGE] = pl.String()
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def lineage_of(row: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Column → (day, place) of a stored row; empty where it has none."""
    told = row.get(LINEAGE)
    return {name: (day, place) for name, (day, place) in json.loads(told).items()} if told else {}
