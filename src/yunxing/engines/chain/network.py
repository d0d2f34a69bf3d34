"""The network of a city's chains: segments and their products are data of a pack, firms and supply links rows of the registry.

Everything is kept in one order of its own (firms by id, links by buyer, product, supplier, id), so that the same rows in any order give the same
network and every figure drawn from it. Shares are whole ten-thousandths, money whole fen. A row that cannot be true is left out and named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np

from yunxing.values.errors import Fault

WHOLE = 10_000  # ten-thousandths of a whole
Level = Literal["up", "mid", "down", "side"]
LEVELS: tuple[Level, ...] = ("up", "mid", "down", "side")
Array = Any  # numpy integers; their types say less than the names


@dataclass(frozen=True, slots=True)
class Product:
    """What a segment makes."""

    id: str
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A link of a chain (环节): upstream, middle, downstream or beside it; `products` it makes, `needs` are ids of products it consumes."""

    id: str
    chain: str
    title: str
    title_en: str
    level: Level
    industries: tuple[str, ...]
    products: tuple[Product, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain (产业链) with its segments in the order goods move; `trades` are words by which bodies, parks and technologies are known to belong to it."""

    id: str
    title: str
    title_en: str
    clause: str
    segments: tuple[Segment, ...]
    trades: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Firm:
    """An enterprise in its segments. `output` is a year's or the year's output so far in fen; None is unknown, not nothing."""

    id: str
    name: str
    unit: str
    segments: tuple[str, ...] = ()
    output: int | None = None
    industry: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A supply link: `buyer` covers `share` (ten-thousandths) of its use of `product` from `supplier` (empty: from outside the city).

    `amount` is a year's purchase in fen, `days` the stock of that product at the buyer in days of normal use (None: not told), `switch` which part
    of this link (ten-thousandths) others could cover at once.
    """

    id: str
    buyer: str
    supplier: str
    product: str
    share: int
    amount: int | None = None
    days: int | None = None
    switch: int = 0

    @property
    def local(self) -> bool:
        """Whether the supplier is a firm of the city."""
        return bool(self.supplier)


@dataclass(frozen=True)
class Network:
    """Firms, links and needs (one a buyer and product) with their columns; made by `build`."""

    chains: Mapping[str, Chain]
    firms: tuple[Firm, ...]
    links: tuple[Link, ...]
    needs: tuple[tuple[str, str], ...]
    faults: tuple[Fault, ...] = ()
    columns: Mapping[str, Array] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def index(self) -> dict[str, int]:
        """The place of every firm."""
        return {firm.id: at for at, firm in enumerate(self.firms)}

    @cached_property
    def segments(self) -> dict[str, Segment]:
        """Every segment of every chain by id."""
        return {one.id: one for chain in self.chains.values() for one in chain.segments}

    @cached_property
    def makers(self) -> dict[str, str]:
        """The segment that makes each product."""
        return {product.id: segment.id for segment in self.segments.values() for product in segment.products}

    @cached_property
    def products(self) -> dict[str, Product]:
        """Every product by id."""
        return {product.id: product for segment in self.segments.values() for product in segment.products}

    @cached_property
    def members(self) -> dict[str, tuple[Firm, ...]]:
        """The firms of each chain, in their order; a firm may stand in several."""
        chain_of = {name: segment.chain for name, segment in self.segments.items()}
        found: dict[str, list[Firm]] = {name: [] for name in self.chains}
        for firm in self.firms:
            for name in dict.fromkeys(chain_of[one] for one in firm.segments):
                found[name].append(firm)
        return {name: tuple(firms) for name, firms in found.items()}

    @cached_property
    def buys(self) -> dict[str, tuple[Link, ...]]:
        """The links by buyer."""
        return _by(self.links, "buyer")

    @cached_property
    def sells(self) -> dict[str, tuple[Link, ...]]:
        """The links by supplier of the city."""
        return _by([one for one in self.links if one.local], "supplier")

    def firm(self, id_: str) -> Firm | None:
        """The firm of an id; None when it is on no chain."""
        at = self.index.get(id_)
        return None if at is None else self.firms[at]

    def graph(self, firms: Iterable[str] | None = None) -> tuple[Any, list[str]]:
        """The directed graph supplier → buyer over the firms (all when None) as rustworkx has it, and the firm of each node; parallel links are one edge."""
        import rustworkx

        kept = sorted(self.index if firms is None else set(firms) & self.index.keys())
        place = {name: at for at, name in enumerate(kept)}
        made = rustworkx.PyDiGraph(multigraph=False)
        made.add_nodes_from(kept)
        pairs = sorted({(place[one.supplier], place[one.buyer]) for one in self.links if one.supplier in place and one.buyer in place})
        made.add_edges_from_no_data(pairs)
        return made, kept


def _by(links: Iterable[Link], key: str) -> dict[str, tuple[Link, ...]]:
    found: dict[str, list[Link]] = {}
    for one in links:
        found.setdefault(getattr(one, key), []).append(one)
    return {name: tuple(rows) for name, rows in found.items()}


def build(chains: Iterable[Chain], firms: Iterable[Firm], links: Iterable[Link]) -> Network:
    """The network of rows in any order. Rows that cannot be true (`Network.faults` names each) are left out: a link of a firm to itself, of a party
    that is on no chain, of an unknown product, a share outside 0–100 %, all links of a need whose shares pass 100 %, the same id twice.
    """
    table = {one.id: one for one in sorted(chains, key=lambda one: one.id)}
    segments = {one.id for chain in table.values() for one in chain.segments}
    products = {product.id for chain in table.values() for segment in chain.segments for product in segment.products}
    faults: list[Fault] = []
    known: dict[str, Firm] = {}
    for firm in sorted(firms, key=lambda one: (one.id, one.segments)):
        wrong = sorted(set(firm.segments) - segments)
        if wrong or not firm.segments:
            faults.append(
                Fault(
                    "chain_firms",
                    firm.id,
                    "、".join(wrong) or "no segment",
                    "segments of the pack's chains",
                    fix="correct the list of firms",
                )
            )
        kept = tuple(dict.fromkeys(name for name in firm.segments if name in segments))
        if kept and firm.id not in known:
            known[firm.id] = Firm(firm.id, firm.name, firm.unit, kept, firm.output, firm.industry)
    order = sorted(links, key=lambda one: (one.buyer, one.product, one.supplier, one.id))
    times = Counter(one.id for one in order)
    good: list[Link] = []
    for link in order:
        found, expected = _wrong(link, known, products, times)
        if found:
            faults.append(Fault("supply_links", link.id, found, expected, fix="correct the list of supply links"))
        else:
            good.append(link)
    sums: dict[tuple[str, str], int] = {}
    for link in good:
        sums[link.buyer, link.product] = sums.get((link.buyer, link.product), 0) + link.share
    for (buyer, product), total in sums.items():
        if total > WHOLE:
            faults.append(
                Fault(
                    "supply_links", f"{buyer}, {product}", f"shares of {total / 100:g} % in all", "at most 100 %", fix="correct the shares"
                )
            )
    kept_links = tuple(one for one in good if sums[one.buyer, one.product] <= WHOLE)
    needs = tuple(dict.fromkeys((one.buyer, one.product) for one in kept_links))
    ordered = tuple(known.values())
    return Network(table, ordered, kept_links, needs, tuple(faults), _columns(ordered, kept_links, needs))


def _wrong(link: Link, firms: Mapping[str, Firm], products: set[str], times: Counter[str]) -> tuple[str, str]:
    """What of a link cannot be true, and what was expected; empty for nothing."""
    if times[link.id] > 1:
        return "the id twice", "each id once"
    if link.buyer == link.supplier:
        return "a firm that supplies itself", "two firms"
    for firm in (link.buyer, link.supplier) if link.local else (link.buyer,):
        if firm not in firms:
            return firm or "no buyer", "a firm on a chain"
    if link.product not in products:
        return link.product or "no product", "a product of the pack's chains"
    if not 0 < link.share <= WHOLE or not 0 <= link.switch <= WHOLE:
        return f"{link.share / 100:g} %, {link.switch / 100:g} %", "a share above 0 and at most 100 %"
    if (link.days or 0) < 0 or (link.amount or 0) < 0:
        return "a negative stock or amount", "0 or more"
    return "", ""


def _columns(firms: tuple[Firm, ...], links: tuple[Link, ...], needs: tuple[tuple[str, str], ...]) -> dict[str, Array]:
    """The local links and the needs as integer columns: what `stop` runs on."""
    place = {firm.id: at for at, firm in enumerate(firms)}
    need_at = {need: at for at, need in enumerate(needs)}
    local = [one for one in links if one.local]
    days = np.zeros(len(needs), np.int64)
    told = np.zeros(len(needs), bool)
    for link in links:  # several rows of one need: the smallest stock told counts
        if link.days is not None:
            at = need_at[link.buyer, link.product]
            days[at] = min(int(days[at]), link.days) if told[at] else link.days
            told[at] = True
    return {
        "need_buyer": np.array([place[buyer] for buyer, _product in needs], np.int64),
        "need_days": days,
        "need_told": told,
        "supplier": np.array([place[one.supplier] for one in local], np.int64),
        "need": np.array([need_at[one.buyer, one.product] for one in local], np.int64),
        "lose": np.array([one.share - one.share * one.switch // WHOLE for one in local], np.int64),
        "output": np.array([-1 if one.output is None else one.output for one in firms], np.int64),
    }
