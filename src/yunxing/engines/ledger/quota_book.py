"""The plan's quotas as data: units, pools with their accounts, acts that move them, and the bounds they rest on. Built from a pack; immutable.

An account of a pool is named `<pool>/<holder>`, or `<pool>/<unit>/<holder>` where the pool has several units. Holders: `source` (the outside that quota
comes from and goes back to), `used`, `city`, a county's code, a firm's credit code, a project's id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from yunxing.engines.ledger.auction import Price, Rule, Ties
from yunxing.engines.ledger.energy import Coefficient
from yunxing.engines.ledger.foreign import Authority, LandReward
from yunxing.engines.ledger.land import IdleRule, LandItem
from yunxing.engines.ledger.pollutants import AdvanceRule, Origin, Replacement
from yunxing.engines.ledger.splits import Split
from yunxing.values.errors import BadInput, nearest
from yunxing.values.quantity import Comparator, Quantity, format_number, holds, parse_number

Holder = Literal["source", "used", "city", "county", "party", "project"]
Does = Literal["issue", "split", "spread", "move", "retire", "hold", "settle", "release", "fee", "draw", "certify", "import"]
Ask = Literal[
    "amount", "unit", "county", "party", "project", "document", "purpose", "refers", "weights", "missed", "production", "excluded", "source"
]
Assessed = Literal["idle_land", "standard_land", "county_energy"]
SOURCE: Final = "source"
USED: Final = "used"
CITY: Final = "city"
START_UP: Final = "start_up"
"""The event of a project before which every advance is made good: production starts (156/17/2)."""


@dataclass(frozen=True, slots=True)
class QuotaUnit:
    """What is counted: `scale` smallest parts make one printed unit, shown with `places` decimals; a vintage has a last day."""

    id: str
    title: str
    title_en: str
    asset: str
    printed: str
    printed_en: str
    scale: int
    places: int
    vintage: str = ""
    expires: date | None = None

    def shown(self, amount: int) -> str:
        """The amount in the printed unit, thousands in threes, exact: `places` reach to the smallest part."""
        return format_number(Fraction(amount, self.scale), self.places)

    def parsed(self, text: str) -> int:
        """Smallest parts of what a person typed in the printed unit. Errors: `BadInput` for no number, or a part of the smallest part."""
        exact = parse_number(text) * self.scale
        if exact.denominator != 1:
            raise BadInput(f"“{text}”{self.printed}：最多 {self.places} 位小数 (at most {self.places} decimals)")
        return exact.numerator


@dataclass(frozen=True, slots=True)
class QuotaPool:
    """A pool: its clause and owner, its book and units, and whose accounts are its store (what is left is theirs)."""

    id: str
    title: str
    title_en: str
    clause: str
    owner: str
    book: str
    units: tuple[str, ...]
    holders: tuple[Holder, ...]
    basis: Literal["plan", "document", "assumption"]
    note: str
    note_en: str
    may_exceed: bool = False

    def account(self, unit: str, holder: str) -> str:
        """The name of a holder's account. Errors: `BadInput` for a unit that the pool does not count."""
        if unit not in self.units:
            raise BadInput(f"pool {self.id} counts {', '.join(self.units)}, not {unit}")
        return f"{self.id}/{holder}" if len(self.units) == 1 else f"{self.id}/{unit}/{holder}"

    def kind_of(self, role: Holder) -> str:
        """The kind of a holder's account: `source`, `used`, `pool` for the pool's own store, else `holder`."""
        if role in (SOURCE, USED):
            return role
        return "pool" if role in self.holders else "holder"


@dataclass(frozen=True, slots=True)
class Act:
    """Something an officer may do with a pool: what it does, from whom to whom, what it asks, and who may draw it up."""

    id: str
    pool: str
    title: str
    title_en: str
    clause: str
    does: Does
    source: Holder
    target: Holder
    asks: tuple[Ask, ...]
    by: tuple[str, ...]
    target_pool: str = ""
    split: str = ""
    purposes: tuple[str, ...] = ()
    purposes_en: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound: how a value is held against it, and what it rests on. Values are a quantity, a day or a bare number, all exact."""

    id: str
    title: str
    title_en: str
    clause: str
    comparator: Comparator
    value: Quantity | Fraction | date
    text: str
    basis: str

    def holds(self, value: Quantity | Fraction | int | date) -> bool:
        """Whether a value stands in the relation to the bound, unrounded. Errors: `BadInput` for a value of another sort."""
        if isinstance(self.value, date) or isinstance(value, date):
            if not isinstance(self.value, date) or not isinstance(value, date):
                raise BadInput(f"threshold {self.id}: {value} is held against {self.text}; both must be days")
            return holds(value.toordinal(), self.comparator, self.value.toordinal())
        return holds(value, self.comparator, self.value)


@dataclass(frozen=True, slots=True)
class TermRule:
    """Four eyes from the pack: transfers of a book above an amount need so many people, and are held so many office minutes."""

    book: str
    unit: str
    kind: str
    above: int
    approvers: int
    delay: int
    hours: str
    valid_from: date
    clause: str


@dataclass(frozen=True, slots=True)
class AuctionRule:
    """What every auction of a pool announces unless its notice says otherwise."""

    pool: str
    unit: str
    money_pool: str
    money_unit: str
    rule: Rule
    price: Price
    ties: Ties
    reserve_fen: int
    bidder_cap_share: Fraction | None
    clause: str
    basis: str


@dataclass(frozen=True, slots=True)
class Draw:
    """In which order a need is met, each origin with the pool whose accounts it is drawn from."""

    clause: str
    order: tuple[Origin, ...]
    pools: Mapping[Origin, str]
    into: str
    event: str
    pollutants: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OutputSign:
    """How a report says that a project produces: an item of a form, and the places of the options among its choices."""

    form: str
    item: str
    options: frozenset[int]


@dataclass(frozen=True, slots=True)
class AssessmentRule:
    """A test that the ledgers apply: to every item of a pipeline, or to every county that sends a form; `reads` is `pipeline:…` or `form:…`."""

    id: str
    title: str
    title_en: str
    clause: str
    does: Assessed
    reads: str
    note: str
    note_en: str

    @property
    def source(self) -> str:
        """The id of the pipeline or form."""
        return self.reads.partition(":")[2]


@dataclass(frozen=True, slots=True)
class EnergyTarget:
    """What a county has to reach in a year: the fall of intensity as a fraction, the cut of coal in tons, the cap in 0.01 tce or None."""

    county: str
    year: int
    drop: Fraction
    coal_cut: Fraction
    cap: int | None
    basis: str


@dataclass(frozen=True, slots=True)
class Quotas:
    """Everything of `quotas/*.toml`."""

    units: Mapping[str, QuotaUnit]
    pools: Mapping[str, QuotaPool]
    acts: Mapping[str, Act]
    splits: Mapping[str, Split]
    thresholds: Mapping[str, Threshold]
    numbers: Mapping[str, Fraction]
    coefficients: Mapping[str, Coefficient]
    replacements: tuple[Replacement, ...]
    land_items: tuple[LandItem, ...]
    terms: tuple[TermRule, ...]
    auctions: Mapping[str, AuctionRule]
    books: Mapping[str, str]
    draw: Draw | None = None
    land: IdleRule | None = None
    advance: AdvanceRule | None = None
    output_sign: OutputSign | None = None
    authority: Authority | None = None
    land_reward: LandReward | None = None
    county_shares: Mapping[str, Fraction] = field(default_factory=dict)
    assessments: Mapping[str, AssessmentRule] = field(default_factory=dict)
    energy_targets: Mapping[tuple[str, int], EnergyTarget] = field(default_factory=dict)

    def act(self, name: str) -> Act:
        """The act of that id. Errors: `BadInput` with the nearest."""
        if name not in self.acts:
            near = nearest(name, self.acts)
            raise BadInput(
                f"act: found {name!r}, expected one of the pack's {len(self.acts)} acts" + (f"; did you mean {near!r}?" if near else "")
            )
        return self.acts[name]

    def acts_of(self, pool: str) -> list[Act]:
        """The acts of a pool in the order of the files."""
        return [act for act in self.acts.values() if act.pool == pool]

    def unit_of(self, act: Act, wanted: str = "") -> QuotaUnit:
        """The unit an act counts in: the pool's only one, or the one that was chosen. Errors: `BadInput` when it is none of the pool's."""
        units = self.pools[act.pool].units
        name = wanted or units[0]
        if name not in units or (not wanted and len(units) > 1):
            raise BadInput(f"act {act.id}: unit {wanted!r}, expected one of {', '.join(units)}")
        return self.units[name]

    def pool_of(self, account: str) -> QuotaPool | None:
        """The pool an account belongs to; None for an account of no quota pool."""
        return self.pools.get(account.partition("/")[0])
