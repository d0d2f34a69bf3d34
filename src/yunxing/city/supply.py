"""Who supplies whom in the made-up city: firms of the register put into the segments of the pack's chains, and supply links between them.

Firms of a segment's industries are drawn in the order of their size; each buys every product its segment needs from one to three makers of the city
and from outside, so that a chain has sole suppliers, thin stocks and gaps to find. Everything is marked synthetic; the same seed gives the same rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from yunxing.city.chance import stream
from yunxing.city.make import City
from yunxing.city.register import PARTY_COLUMNS, Cell, Table
from yunxing.engines.chain.network import WHOLE, Chain, Segment
from yunxing.values.period import Month

FIRMS, LINKS = "chain_firms", "supply_links"
LEAST, MOST = 1, 9  # firms a segment
HUNDRED = 100


def add_supply(city: City, chains: Sequence[Chain], tables: Mapping[str, Table], joined: date, last: Month) -> dict[str, Table]:
    """The register's tables with the firms of every chain, its lead firm and its supply links. Nothing is added when the range ends before `joined`."""
    if joined > last.end:
        return dict(tables)
    rng = stream(city.seed, "supply")
    rosters = tables["rosters"][1]
    above = sorted({str(row[1]) for row in rosters if row[0] == "above_scale" and row[3] is None})
    enterprises = {str(row[0]): row for row in tables["enterprises"][1]}
    able = sorted((one for one in above if one in enterprises), key=lambda one: (-_revenue(enterprises[one]), one))
    placed = _placed(chains, able, enterprises, rng)
    members: dict[str, list[str]] = {}
    for segment, firms in placed.items():
        for firm in firms:
            members.setdefault(firm, []).append(segment)
    links = _links(chains, placed, enterprises, rng)
    added: list[tuple[Cell, ...]] = [
        (FIRMS, firm, joined, None, "", _json({"chain_segments": "、".join(names)})) for firm, names in sorted(members.items())
    ]
    made: list[tuple[Cell, ...]] = []
    for number, (attributes, unit) in enumerate(links, start=1):
        id_ = f"{city.settings.code_mark}-SUPPLY-{number:05d}"
        name = f"{city.settings.word}供应关系{number}"
        made.append((id_, "supply", name, "", unit, "", "", "", None, joined, None, _json({**attributes, "synthetic": True})))
        added.append((LINKS, id_, joined, None, "", "{}"))
    found = dict(tables)
    found["lists"] = (PARTY_COLUMNS, [*_with_leaders(tables, chains, placed), *made])
    columns, rows = found["rosters"]
    found["rosters"] = (columns, sorted([*rows, *added], key=lambda row: (str(row[0]), str(row[1]), str(row[2]))))
    return found


def _revenue(row: Sequence[Cell]) -> int:
    return int(json.loads(str(row[11])).get("revenue_fen", 0))


def _placed(chains: Sequence[Chain], able: Sequence[str], enterprises: Mapping[str, Sequence[Cell]], rng: Any) -> dict[str, list[str]]:
    """Firms of each segment, the largest first: dealt out by industry in turn, so that one firm seldom stands in many segments."""
    pools: dict[str, list[str]] = {}
    for firm in able:
        pools.setdefault(str(enterprises[firm][6]), []).append(firm)
    turn = dict.fromkeys(pools, 0)
    placed: dict[str, list[str]] = {}
    for chain in chains:
        for segment in chain.segments:
            firms: list[str] = []
            for industry in segment.industries:
                pool = pools.get(industry, [])
                wanted = min(len(pool), LEAST + int(rng.integers(MOST)))
                for _at in range(wanted):
                    firms.append(pool[turn[industry] % len(pool)])
                    turn[industry] += 1
            placed[segment.id] = list(dict.fromkeys(firms))
    return placed


def _links(
    chains: Sequence[Chain], placed: Mapping[str, Sequence[str]], enterprises: Mapping[str, Sequence[Cell]], rng: Any
) -> list[tuple[dict[str, Any], str]]:
    """The links of every firm's every need, in the order of chains, segments, firms and needs; shares of a need sum to a whole."""
    makers: dict[str, Segment] = {product.id: segment for chain in chains for segment in chain.segments for product in segment.products}
    found: list[tuple[dict[str, Any], str]] = []
    done: set[tuple[str, str]] = set()
    for chain in chains:
        for segment in chain.segments:
            for firm in placed[segment.id]:
                for need in segment.needs:
                    if (firm, need) in done:
                        continue
                    done.add((firm, need))
                    unit, size = str(enterprises[firm][4]), _revenue(enterprises[firm])
                    worth = size // HUNDRED * (8 + int(rng.integers(20)))
                    days = None if rng.random() < 0.1 else int(rng.integers(2, 40))
                    for supplier, share in _shares([one for one in placed[makers[need].id] if one != firm], rng):
                        attributes: dict[str, Any] = {
                            "supply_buyer": firm, "supply_product": need, "supply_share": share, "supply_amount": worth // WHOLE * share,
                            "supply_switch": HUNDRED * int(rng.choice([0, 0, 0, 20, 50])),
                        }  # fmt: skip
                        attributes |= {"supply_supplier": supplier} if supplier else {}
                        attributes |= {"supply_days": days} if days is not None else {}
                        found.append((attributes, unit))
    return found


def _shares(makers: Sequence[str], rng: Any) -> list[tuple[str, int]]:
    """Suppliers of one need with their shares in ten-thousandths, the rest from outside the city (no name); large makers are met more often."""
    count = min(len(makers), int(rng.choice([1, 2, 2, 3])))
    places = sorted({min(int(rng.exponential(1.2)), len(makers) - 1) for _at in range(count)}) if makers else []
    outside = WHOLE if not makers else HUNDRED * int(rng.choice([0, 0, 10, 30, 60]))
    rest, found = WHOLE - outside, []
    for number, place in enumerate(places):
        last = number == len(places) - 1
        share = rest if last else rest // HUNDRED * (40 + int(rng.integers(40)))
        rest -= share
        found.append((makers[place], share))
    return [*((name, share) for name, share in found if share > 0), *([("", outside)] if outside else [])]


def _with_leaders(tables: Mapping[str, Table], chains: Sequence[Chain], placed: Mapping[str, Sequence[str]]) -> list[tuple[Cell, ...]]:
    """The rows of the lists; each chain's lead firm is the first firm of its longest middle segment."""
    lead: dict[str, str] = {}
    for chain in chains:
        middle = [placed[one.id] for one in chain.segments if placed[one.id]]
        inner = [placed[one.id] for one in chain.segments if one.level == "mid" and placed[one.id]]
        if firms := (inner or middle)[:1]:
            lead[chain.id] = firms[0][0]
    found: list[tuple[Cell, ...]] = []
    for row in tables.get("lists", (PARTY_COLUMNS, []))[1]:
        attributes = json.loads(str(row[11])) if row[1] == "chain" else {}
        firm = lead.get(str(attributes.get("chain_key", "")))
        found.append((*row[:11], _json({**attributes, "chain_firm": firm})) if firm else row)
    return found


def _json(attributes: Mapping[str, object]) -> str:
    return json.dumps(attributes, ensure_ascii=False, sort_keys=True)
