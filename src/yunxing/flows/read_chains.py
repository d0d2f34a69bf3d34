"""The network of the city's chains as the registry and the reported facts hold it on a day: firms, supply links, lead firms, who answers for a chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from yunxing.engines.chain.network import Firm, Link, Network, build
from yunxing.engines.registry.parties import Membership, Party
from yunxing.io.period_facts import last_period, values_of
from yunxing.io.store.registry import parties_at, read_memberships
from yunxing.packs.chains import Chains
from yunxing.values.errors import BadInput, Fault
from yunxing.values.period import Month, parse_period

SPLIT = "、，,;； "


@dataclass(frozen=True)
class Led:
    """Who answers for a chain: its row of the registry, the official, the office, the lead firms on the chain (the named one first)."""

    party: str = ""
    official: str = ""
    office: str = ""
    experts: str = ""
    firms: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadChains:
    """Everything the pages, papers and commands of the chains stand on. `days` are those of `period`, in which the outputs were made."""

    rules: Chains
    network: Network
    day: date
    period: str
    days: int
    led: Mapping[str, Led]
    parties: Mapping[str, Party]
    rosters: Mapping[str, tuple[Membership, ...]]
    faults: tuple[Fault, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)

    def name(self, party: str) -> str:
        """A party's name, or its id."""
        found = self.parties.get(party)
        return found.name if found else party

    def unit(self, party: str) -> str:
        """The reporting unit of a party on the day; empty for none."""
        found = self.parties.get(party)
        return found.unit if found else ""


def read_chains(home: Path, connection: Any, rules: Chains, day: date) -> ReadChains:
    """The chains on a day. Rows that cannot be true stand in `faults` and nowhere else."""
    names = rules.facts
    parties = {id_: one for id_, one in parties_at(connection, day).items() if one.valid_on(day)}
    lists = (names.firms, names.links, names.chains, names.leaders, names.projects, names.technologies, names.parks, names.bodies)
    rosters = {name: tuple(one for one in read_memberships(connection, roster=name, on=day) if one.party in parties) for name in lists}
    period, days, outputs = _outputs(home, names.output, day)
    firms = [
        Firm(
            one.party,
            parties[one.party].name,
            parties[one.party].unit,
            segments_of(one),
            outputs.get(one.party),
            parties[one.party].industry,
        )
        for one in rosters[names.firms]
    ]
    network = build(rules.chains.values(), firms, [link_of(parties[one.party]) for one in rosters[names.links]])
    led, faults = _led(rules, network, rosters, parties)
    return ReadChains(rules, network, day, period, days, led, parties, rosters, (*network.faults, *faults))


def segments_of(member: Membership) -> tuple[str, ...]:
    """The segments of a firm as the list tells them: ids such as `aluminium.smelting`, several parted by a comma."""
    text = str(member.attributes.get("chain_segments") or "")
    for mark in SPLIT:
        text = text.replace(mark, "\n")
    return tuple(part for part in text.split("\n") if part)


def link_of(party: Party) -> Link:
    """A supply link from its row of the registry."""
    told = party.attributes

    def whole(name: str) -> int | None:
        value = told.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    return Link(
        party.id, str(told.get("supply_buyer") or ""), str(told.get("supply_supplier") or ""), str(told.get("supply_product") or ""),
        whole("supply_share") or 0, whole("supply_amount"), whole("supply_days"), whole("supply_switch") or 0,
    )  # fmt: skip


def _outputs(home: Path, item: str, day: date) -> tuple[str, int, dict[str, int]]:
    """The newest cumulative outputs known on the day: period, its days, fen by party; nothing where none was reported."""
    form, name = item.split(".")
    found = last_period(home, form, day=day)
    if not found:
        return "", 0, {}
    last = parse_period(found).end
    code = f"{last.year}-01" if last.month == 1 else f"{last.year}-01..{last.month:02d}"
    values = {party: value for (party, _item, _period), value in values_of(home, form, [name], [code], day=day).items()}
    return code, (Month.of(last).end - date(last.year, 1, 1)).days + 1, values


def _led(
    rules: Chains, network: Network, rosters: Mapping[str, tuple[Membership, ...]], parties: Mapping[str, Party]
) -> tuple[dict[str, Led], list[Fault]]:
    """Who answers for each chain; two rows of one chain, a row of none and a lead firm that is not on its chain are faults."""
    leaders = {one.party for one in rosters[rules.facts.leaders]}
    found: dict[str, Led] = {}
    faults: list[Fault] = []
    for member in rosters[rules.facts.chains]:
        told = parties[member.party].attributes
        key = str(told.get("chain_key") or "")
        if key not in rules.chains:
            faults.append(Fault(rules.facts.chains, member.party, key or "no id of a chain", "the id of a chain of the pack"))
            continue
        if key in found:
            faults.append(Fault(rules.facts.chains, member.party, f"the chain {key} a second time", "one row, one leader a chain"))
            continue
        on_chain = {one.id for one in network.members[key]}
        named = str(told.get("chain_firm") or "")
        if named and named not in on_chain:
            faults.append(
                Fault(rules.facts.chains, member.party, f"the lead firm {named}", "a firm on the chain", fix="correct the list of firms")
            )
        firms = tuple(dict.fromkeys(([named] if named in on_chain else []) + sorted(leaders & on_chain)))
        text = {name: str(told.get(name) or "") for name in ("chain_leader", "chain_office", "chain_experts")}
        found[key] = Led(member.party, text["chain_leader"], text["chain_office"], text["chain_experts"], firms)
    for key in rules.chains:
        on_chain = {one.id for one in network.members[key]}
        found.setdefault(key, Led(firms=tuple(sorted(leaders & on_chain))))
    return found, faults


def chain_asked(rules: Chains, key: str) -> str:
    """The id of a chain by its id or title; BadInput with those there are."""
    found = key if key in rules.chains else next((name for name, one in rules.chains.items() if one.title == key), None)
    if found is None:
        raise BadInput(f"{key}: found no such chain, expected one of {', '.join(rules.chains)}.")
    return found


def firm_asked(read: ReadChains, text: str) -> str:
    """The id of a firm on a chain by its id or name; BadInput when there is none."""
    found = text if text in read.network.index else next((one.id for one in read.network.firms if one.name == text), None)
    if found is None:
        raise BadInput(f"{text}: found no firm of that id or name on a chain, expected one; see `yunxing chain map CHAIN`.")
    return found
