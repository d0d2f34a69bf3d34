"""The N lists of a chain (多张清单): views over its network and the registry. Every row says who, where on the chain, why it stands there and who keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from yunxing.engines.chain import gaps, weight
from yunxing.engines.chain.gaps import State
from yunxing.engines.chain.network import WHOLE
from yunxing.flows.read_chains import ReadChains
from yunxing.values.quantity import format_number

WHY = {
    "no_firm": ("本市没有企业", "no firm in the city"),
    "missing_share": ("外购或单一来源超过界限", "outside or single source beyond the bound"),
    "weak_share": ("外购占比超过界限", "share bought outside beyond the bound"),
    "weak_firms": ("企业数低于界限", "too few firms"),
    "single_share": ("一家供应占比超过界限", "one supplier beyond the bound"),
    "end_product": ("终端环节，产品销往市外或消费者", "end of the chain, sold outside or to consumers"),
    "no_purchase": ("没有采购数据", "no purchases told"),
}
VERDICTS = {
    "missing": ("断点", "missing"),
    "weak": ("弱项", "weak"),
    "single": ("单一来源", "single source"),
    "unknown": ("数据不足", "not enough data"),
    "sound": ("正常", "sound"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list. `party` is whom it is about (empty for a segment), `firm` whether that is an enterprise whose name a scope may hide;
    `key` names the row in its list, `other` a second firm the row is about (the sole supplier); `at` is the segment or product.
    """

    key: str
    party: str
    name: str
    unit: str
    at: tuple[str, str]
    why: tuple[str, str]
    firm: bool = True
    other: str = ""


def percent_text(value: Fraction | None) -> str:
    """A share in percent with one decimal, rounded half up; a dash for none."""
    return "—" if value is None else f"{format_number(value * 100, 1)}%"


def yi(fen: int | None) -> str:
    """Money in 亿元 with two decimals; a dash for none."""
    return "—" if fen is None else format_number(Fraction(fen, 10**10), 2)


def lists_of(read: ReadChains, chain: str) -> dict[str, list[Row]]:
    """Every list of the pack for one chain, in the pack's order."""
    view = _View(read, chain)
    makers: dict[str, Callable[[], Iterator[Row]]] = {
        "leaders": view.leaders, "firms": view.firms, "strengths": view.strengths, "gaps": view.gaps, "broken": view.broken, "bottlenecks": view.bottlenecks,
        "single": view.single, "stocks": view.stocks, "projects": view.projects, "technologies": view.technologies, "parks": view.parks,
        "bodies": view.bodies, "invest": view.invest,
    }  # fmt: skip
    return {sheet.id: list(makers[sheet.id]()) for sheet in read.rules.sheets}


class _View:
    """One chain, its states computed once."""

    def __init__(self, read: ReadChains, chain: str) -> None:
        self.read, self.chain, self.network = read, read.rules.chains[chain], read.network
        self.bounds = read.rules.bounds
        self.states = gaps.states(self.network, chain, self.bounds)
        self.led = read.led[chain]

    def _firm(self, firm: str, at: tuple[str, str], why: tuple[str, str], key: str = "") -> Row:
        return Row(key or firm, firm, self.read.name(firm), self.read.unit(firm), at, why)

    def _of_segment(self, state: State, why: tuple[str, str]) -> Row:
        segment = self.network.segments[state.segment]
        return Row(state.segment, "", segment.title, "", (segment.title, segment.title_en), why, firm=False)

    def _places(self, firm: str) -> tuple[str, str]:
        found = self.network.firm(firm)
        own = [
            self.network.segments[name] for name in (found.segments if found else ()) if self.network.segments[name].chain == self.chain.id
        ]
        return "、".join(one.title for one in own), ", ".join(one.title_en for one in own)

    def _product(self, product: str) -> tuple[str, str]:
        found = self.network.products[product]
        return found.title, found.title_en

    def leaders(self) -> Iterator[Row]:
        """The lead firms with their influence on the chain."""
        for firm in self.led.firms:
            found = weight.influence(self.network, self.chain.id, firm)
            total = percent_text(found.total) if found else "—"
            counts = (found.buyers, found.sellers) if found else (0, 0)
            yield self._firm(
                firm, self._places(firm),
                (f"链主带动度 {total}，牵动下游 {counts[0]} 家、上游 {counts[1]} 家", f"influence {total}; {counts[0]} firms downstream, {counts[1]} upstream"),
            )  # fmt: skip

    def firms(self) -> Iterator[Row]:
        """The supporting firms: on the chain and not leading it, the largest first."""
        rest = [one for one in self.network.members[self.chain.id] if one.id not in self.led.firms]
        for one in sorted(rest, key=lambda firm: (-(firm.output or -1), firm.id)):
            sold, bought = len(self.network.sells.get(one.id, ())), len(self.network.buys.get(one.id, ()))
            yield self._firm(
                one.id, self._places(one.id),
                (f"累计产值 {yi(one.output)} 亿元；供 {sold} 条、采 {bought} 条", f"output {yi(one.output)} × 100 m yuan; sells by {sold}, buys by {bought} links"),
            )  # fmt: skip

    def strengths(self) -> Iterator[Row]:
        """Sound segments that supply most of what the chain buys, the largest output first."""
        sound = [one for one in self.states if one.verdict == "sound" and one.output]
        for one in sorted(sound, key=lambda state: (-(state.output or 0), state.segment)):
            share = percent_text(None if one.outside is None else 1 - one.outside)
            yield self._of_segment(
                one, (f"{one.firms} 家，累计产值 {yi(one.output)} 亿元，本地供给 {share}", f"{one.firms} firms, output {yi(one.output)} × 100 m yuan, {share} from the city")
            )  # fmt: skip

    def gaps(self) -> Iterator[Row]:
        """Weak segments: firms are there, too few or too small."""
        yield from (self._judged(one) for one in self.states if one.verdict == "weak")

    def broken(self) -> Iterator[Row]:
        """Missing segments."""
        yield from (self._judged(one) for one in self.states if one.verdict == "missing")

    def _judged(self, one: State) -> Row:
        zh = "；".join(WHY[name][0] for name in one.why)
        en = "; ".join(WHY[name][1] for name in one.why)
        figures = f"{one.firms}", percent_text(one.outside), percent_text(one.largest)
        return self._of_segment(
            one,
            (
                f"{zh}（本市企业 {figures[0]} 家，外购 {figures[1]}，最大本地供应商 {figures[2]}）",
                f"{en} (firms {figures[0]}, outside {figures[1]}, largest local supplier {figures[2]})",
            ),
        )

    def bottlenecks(self) -> Iterator[Row]:
        """Firms that others cannot do without."""
        above = int(self.bounds.single_share * WHOLE)
        for one in weight.bottlenecks(self.network, self.chain.id, above, self.bounds.bottleneck_share):
            share, fragile = percent_text(one.share), percent_text(one.fragile)
            cut = ("，断开则链条分离" if one.cuts else "", ", the chain falls apart without it" if one.cuts else "")
            yield self._firm(
                one.firm, self._places(one.firm),
                (f"身后 {len(one.behind)} 家，占全链产值 {share}，下游脆弱度 {fragile}{cut[0]}", f"{len(one.behind)} firms behind it, {share} of output, fragility {fragile}{cut[1]}"),
            )  # fmt: skip

    def single(self) -> Iterator[Row]:
        """Needs that one firm of the city covers beyond the bound."""
        members = {one.id for one in self.network.members[self.chain.id]}
        for one in weight.sole_supplied(self.network, int(self.bounds.single_share * WHOLE), members):
            share = percent_text(Fraction(one.share, WHOLE))
            row = self._firm(
                one.buyer, self._product(one.product), (f"一家供应 {share}", f"one supplier for {share}"), f"{one.buyer}/{one.product}"
            )
            yield replace(row, other=one.supplier)

    def stocks(self) -> Iterator[Row]:
        """Needs with a stock below the bound."""
        for one in gaps.low_stocks(self.network, self.chain.id, self.bounds):
            yield self._firm(
                one.buyer, self._product(one.product), (f"库存 {one.days} 天", f"{one.days} days in stock"), f"{one.buyer}/{one.product}"
            )

    def _industries(self) -> frozenset[str]:
        return frozenset(name for segment in self.chain.segments for name in segment.industries)

    def projects(self) -> Iterator[Row]:
        """Key projects of the chain: of its firms, or of its industries."""
        members = {one.id for one in self.network.members[self.chain.id]}
        for member in self.read.rosters[self.read.rules.facts.projects]:
            party = self.read.parties[member.party]
            if party.parent in members or (not party.parent and party.industry in self._industries()):
                total = party.attributes.get("total_investment_fen")
                told = yi(int(total)) if isinstance(total, int) else "—"
                yield Row(
                    party.id, party.id, party.name, party.unit, (f"行业 {party.industry}", f"industry {party.industry}"),
                    (f"总投资 {told} 亿元", f"investment {told} × 100 m yuan"),
                )  # fmt: skip

    def _by_trade(self, roster: str, words: str, what: tuple[str, str]) -> Iterator[Row]:
        for member in self.read.rosters[roster]:
            party = self.read.parties[member.party]
            said = str(party.attributes.get(words) or "")
            if any(trade in f"{party.name} {said}" for trade in self.chain.trades):
                yield Row(party.id, party.id, party.name, party.unit, (said or "—", said or "—"), what, firm=False)

    def technologies(self) -> Iterator[Row]:
        """Technologies on offer for the chain's trades, then the products of missing links as what is to be tackled."""
        yield from self._by_trade(self.read.rules.facts.technologies, "tech_field", ("可供技术", "on offer"))
        for state in self.states:
            if state.verdict == "missing":
                yield self._of_segment(state, ("待攻关：断点产品", "to be tackled: product of a missing link"))

    def parks(self) -> Iterator[Row]:
        """Parks of the chain's trades."""
        yield from self._by_trade(self.read.rules.facts.parks, "park_trade", ("承载园区", "park"))

    def bodies(self) -> Iterator[Row]:
        """Associations and communities of the chain's trades."""
        yield from self._by_trade(self.read.rules.facts.bodies, "body_work", ("行业组织", "association"))

    def invest(self) -> Iterator[Row]:
        """What to attract: products of missing and weak links with the amount that the chain buys outside, the largest first."""
        wanted = [one for one in self.states if one.verdict in ("missing", "weak") and one.bought > one.local]
        for one in sorted(wanted, key=lambda state: (state.local - state.bought, state.segment)):
            amount = yi(one.bought - one.local)
            yield self._of_segment(
                one,
                (f"年外购 {amount} 亿元，{one.buyers} 家企业采购", f"{amount} × 100 m yuan a year bought outside by {one.buyers} firms"),
            )
