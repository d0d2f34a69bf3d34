"""The chains as the desk sees them: read once for a state of the registry and of the reports, shown through the scope of whoever looks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse

from yunxing.desk import clock
from yunxing.desk.room.figures import pick
from yunxing.desk.room.shell import pack_in_force
from yunxing.desk.scoping import current_scope
from yunxing.flows.chain_lists import percent_text
from yunxing.flows.read_chains import ReadChains, read_chains
from yunxing.io.store.registry_history import changes
from yunxing.io.tables import batches
from yunxing.packs.chains import Chains
from yunxing.packs.pack import load_pack
from yunxing.packs.sections import present
from yunxing.values.scope import Scope

NEIGHBOURS = 8


@lru_cache(maxsize=2)
def _rules(folder: Path) -> Chains | None:
    return load_pack(folder).load_section("chains") if present(folder, "chains") else None


def rules() -> Chains | None:
    """The chains of the pack in force; None when it has none."""
    return _rules(pack_in_force().folder)


@lru_cache(maxsize=2)
def _network(folder: Path, home: Path, day: date, _change: str, _files: tuple[str, ...]) -> ReadChains:
    found = _rules(folder)
    assert found is not None  # asked by the one caller below
    return read_chains(home, connection, found, day)


def chains_now() -> ReadChains | None:
    """The chains on the desk's day; read anew when the registry or the reports have changed. None when the pack has no chains."""
    found = rules()
    if found is None:
        return None
    newest = changes(connection, limit=1)
    files = tuple(path.name for path in batches(settings.HOME, forms=[found.facts.output.partition(".")[0]]))
    return _network(pack_in_force().folder, settings.HOME, clock.today(), newest[0].id if newest else "", files)


def sees(read: ReadChains, firm: str, scope: Scope | None = None) -> bool:
    """Whether the person may see a firm by name. A merge may have ended a firm: nobody sees what is not registered."""
    unit = read.unit(firm)
    return bool(unit) and (scope or current_scope()).sees_party(firm, unit)


def neighbours(parties: Collection[str], scope: Scope, noted: Iterable[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """Who supplies the parties and whom they supply, as far as the scope shows names: product, share, and a signal that names the neighbour (`noted`).

    What lies outside the scope is left out, not counted: the page is about the parties.
    """
    read = chains_now() if parties else None
    if read is None:
        return []
    signals = {str(one["scope"]): one for one in noted if one.get("scope_kind") == "party"}
    found = []
    for party in sorted(set(parties) & read.network.index.keys()):
        rows = [(one, one.supplier, True) for one in read.network.buys.get(party, ()) if one.local]
        rows += [(one, one.buyer, False) for one in read.network.sells.get(party, ())]
        for link, other, upstream in sorted(rows, key=lambda row: (not row[2], -row[0].share, row[1]))[:NEIGHBOURS]:
            if other in parties or not sees(read, other, scope):
                continue
            product = read.network.products[link.product]
            chain = read.network.segments[read.network.makers[link.product]].chain
            found.append(
                {
                    "party": read.name(party), "name": read.name(other), "upstream": upstream, "product": pick(product.title, product.title_en),
                    "share": percent_text(link_share(link.share)), "href": reverse("chain:stop", args=[chain, other]), "signal": signals.get(other),
                }
            )  # fmt: skip
    return found


def link_share(share: int) -> Any:
    """A link's share as an exact rational."""
    from fractions import Fraction

    return Fraction(share, 10_000)
