"""Load `quotas/*.toml`: the pools, acts and rules of scarce things, as one `Quotas`. Every reference inside the folder must lead somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from yunxing.engines.ledger.energy import Coefficient
from yunxing.engines.ledger.foreign import Authority, LandReward
from yunxing.engines.ledger.land import IdleRule, LandItem
from yunxing.engines.ledger.pollutants import AdvanceRule, Replacement
from yunxing.engines.ledger.quota_book import (
    Act,
    AssessmentRule,
    AuctionRule,
    Draw,
    QuotaPool,
    Quotas,
    QuotaUnit,
    TermRule,
    Threshold,
)
from yunxing.engines.ledger.splits import Split
from yunxing.packs.quota_rows import ActRow, AuctionRow, QuotasFile, TermRow, ThresholdRow
from yunxing.packs.quota_targets import energy_targets, output_sign
from yunxing.packs.strict import PackFault, load
from yunxing.values.errors import BadInput, Fault, nearest
from yunxing.values.money import parse_rate
from yunxing.values.quantity import Comparator, Quantity, parse_number, parse_quantity

FOLDER = "quotas"
Value = Quantity | Fraction | date


def quota_files(pack: Path) -> list[Path]:
    """The rule files of a pack, in the order of their names."""
    return sorted((pack / FOLDER).glob("*.toml"))


def parse_value(text: str) -> Value:
    """A day, a share (`25%`, `1/3`), a quantity with its unit, or a bare number. Errors: `BadInput`.

    >>> parse_value("1/3"), parse_value("25%"), parse_value("2025-12-31"), parse_value("200 元")
    (Fraction(1, 3), Fraction(1, 4), datetime.date(2025, 12, 31), Quantity(value=Fraction(200, 1), unit='元'))
    """
    plain = text.strip()
    try:
        return date.fromisoformat(plain)
    except ValueError:
        pass
    if "/" in plain and plain.replace("/", "").isdecimal():
        above, _, below = plain.partition("/")
        if not int(below):
            raise BadInput(f"“{text}” divides by nothing")
        return Fraction(int(above), int(below))
    if plain.endswith(("%", "‰")):
        return parse_rate(plain)
    if plain.lstrip("+-").replace(".", "", 1).isdecimal():
        return parse_number(plain)
    return parse_quantity(plain)


class Builder:
    """One pack's files on their way to `Quotas`; faults are collected."""

    def __init__(self, pack: Path) -> None:
        self.faults: list[Fault] = []
        self.files: list[tuple[Path, QuotasFile]] = []
        for path in quota_files(pack):
            try:
                self.files.append((path, load(path, QuotasFile)))
            except PackFault as fault:
                self.faults += fault.faults

    def rows(self, array: str, key: str = "id") -> dict[str, Any]:
        """Every row of an array by its key, each once over all files."""
        found: dict[str, Any] = {}
        for path, file in self.files:
            for row in getattr(file, array):
                name = getattr(row, key)
                if name in found:
                    self.fault(path, f"{array} › {name}", f"a second {array} of this {key}", "each once")
                found[name] = row
        return found

    def several(self, array: str) -> list[tuple[Path, Any]]:
        """Every row of an array with its file."""
        return [(path, row) for path, file in self.files for row in getattr(file, array)]

    def only(self, table: str) -> Any:
        """A table that stands once in the folder, or None."""
        found = [(path, getattr(file, table)) for path, file in self.files if getattr(file, table) is not None]
        for path, _ in found[1:]:
            self.fault(path, table, f"a second [{table}]", "one in the whole folder")
        return found[0][1] if found else None

    def fault(self, path: Path | str, place: str, found: str, expected: str, fix: str = "") -> None:
        """Note a fault."""
        self.faults.append(Fault(str(path), place, found, expected, fix=fix))

    def known(self, place: str, name: str, valid: Iterable[str]) -> bool:
        """Whether a name leads somewhere; a fault where it does not."""
        names = list(valid)
        if name in names:
            return True
        near = nearest(name, names)
        self.fault(FOLDER, place, repr(name), f"one of {', '.join(names) or 'nothing'}", f"did you mean {near!r}?" if near else "")
        return False

    def value(self, place: str, text: str, want: type[Any] | tuple[type[Any], ...] = (Quantity, Fraction, date)) -> Any:
        """A parsed value of the wanted sort, or a fault and None."""
        try:
            found = parse_value(text)
        except BadInput as refused:
            self.fault(FOLDER, place, repr(text), "a value with its unit, a share, a day or a number", str(refused))
            return None
        if not isinstance(found, want):
            self.fault(FOLDER, place, repr(text), "a value of the sort that the rule takes")
            return None
        return found

    def share(self, place: str, text: str) -> Fraction | None:
        """A share of a whole, 0 to 1, or a fault and None."""
        found: Fraction | None = self.value(place, text, Fraction)
        if found is not None and not 0 <= found <= 1:
            self.fault(FOLDER, place, repr(text), "a share from 0 to 1")
            return None
        return found

    def amount(self, place: str, value: Quantity, unit: str) -> Fraction | None:
        """A quantity as a number of that unit, or a fault and None where it is of another sort."""
        try:
            return value.to(unit).value
        except BadInput as refused:
            self.fault(FOLDER, place, str(value), f"an amount in {unit}", str(refused))
            return None


def load_quotas(pack: Path) -> Quotas:
    """The quotas of a pack. Errors: `PackFault` with every fault of every file."""
    builder = Builder(pack)
    units = {name: QuotaUnit(**row.model_dump()) for name, row in builder.rows("unit").items()}
    for unit in units.values():
        if 10**unit.places % unit.scale:
            places = f"a scale of {unit.scale} printed with {unit.places} places"
            builder.fault(FOLDER, f"unit › {unit.id} › places", places, "places that reach to the smallest part")
    books = {name: row.title for name, row in builder.rows("book").items()}
    pools = {name: QuotaPool(**row.model_dump()) for name, row in builder.rows("pool").items()}
    for pool in pools.values():
        builder.known(f"pool › {pool.id} › book", pool.book, books)
        for name in pool.units:
            builder.known(f"pool › {pool.id} › units", name, units)
    splits = _splits(builder)
    acts = _acts(builder, pools, splits)
    thresholds = _thresholds(builder)
    numbers = _numbers(builder)
    shares = {
        row.county: value
        for row in builder.rows("county_share", "county").values()
        if (value := builder.share(f"county_share › {row.county}", row.city)) is not None
    }
    quotas = Quotas(
        units, pools, acts, splits, thresholds, numbers,
        coefficients={
            name: Coefficient(name, row.unit, value, row.basis)
            for name, row in builder.rows("coefficient").items()
            if (value := builder.value(f"coefficient › {name}", row.tce, Fraction)) is not None
        },
        replacements=_replacements(builder),
        land_items=tuple(LandItem(row.id, row.title, row.title_en, Comparator(row.comparator), row.unit) for row in builder.rows("land_item").values()),
        terms=_terms(builder, books, units),
        auctions=_auctions(builder, pools, units, thresholds),
        books=books,
        draw=_draw(builder, pools, units),
        land=_idle(builder, thresholds, numbers),
        advance=_advance(builder, thresholds),
        output_sign=output_sign(builder, pack),
        authority=_authority(builder, thresholds),
        land_reward=_land_reward(builder, thresholds, numbers),
        county_shares=shares,
        assessments={name: AssessmentRule(**row.model_dump()) for name, row in builder.rows("assessment").items()},
        energy_targets=energy_targets(builder),
    )  # fmt: skip
    if builder.faults:
        raise PackFault(builder.faults)
    return quotas


def _splits(builder: Builder) -> dict[str, Split]:
    found = {}
    for name, row in builder.rows("split").items():
        shares = {holder: builder.value(f"split › {name} › {holder}", text, Fraction) for holder, text in row.shares.items()}
        if any(share is None for share in shares.values()):
            continue
        try:
            found[name] = Split(name, row.clause, shares, row.tie_to)
        except BadInput as refused:
            builder.fault(FOLDER, f"split › {name}", str(refused), "shares that make a whole, one of them tie_to")
    return found


def _acts(builder: Builder, pools: Mapping[str, QuotaPool], splits: Mapping[str, Split]) -> dict[str, Act]:
    found = {}
    for name, row in builder.rows("act").items():
        known = builder.known(f"act › {name} › pool", row.pool, pools)
        if row.target_pool:
            known &= builder.known(f"act › {name} › target_pool", row.target_pool, pools)
        if row.does in ("split", "fee"):
            builder.known(f"act › {name} › split", row.split, splits)
        if len(row.purposes) != len(row.purposes_en):
            builder.fault(
                FOLDER, f"act › {name} › purposes_en", f"{len(row.purposes_en)} words", f"{len(row.purposes)}, one for each purpose"
            )
        if known and row.source == row.target and row.target_pool in ("", row.pool):
            builder.fault(FOLDER, f"act › {name} › target", f"{row.target}, as the source", "another holder or another target_pool")
        elif known:
            found[name] = Act(**row.model_dump())
            _asks(builder, row, pools[row.pool])
    return found


def _asks(builder: Builder, row: ActRow, pool: QuotaPool) -> None:
    """What an act must ask, by its roles and by what it does."""
    needed: set[str] = {role for role in (row.source, row.target) if role in ("county", "party", "project")}
    needed |= {"draw": {"unit", "amount", "county", "party", "project"}, "fee": {"amount", "county", "party"}, "certify": {"unit", "amount", "county"},
               "split": {"amount", "county"}, "spread": {"amount", "weights"}, "import": {"amount", "project"}, "settle": {"amount", "refers"},
               "release": {"refers"}}.get(row.does, {"amount"})  # fmt: skip
    if row.does in ("spread", "release"):
        needed -= {"county", "party", "project"}
    if len(pool.units) > 1:
        needed.add("unit")
    if row.purposes:
        needed.add("purpose")
    missing = sorted(needed - set(row.asks))
    if missing:
        builder.fault(FOLDER, f"act › {row.id} › asks", f"no {', '.join(missing)}", f"{row.does} asks {', '.join(sorted(needed))}")


def _thresholds(builder: Builder) -> dict[str, Threshold]:
    found = {}
    for name, row in builder.rows("threshold").items():
        value = builder.value(f"threshold › {name}", row.value)
        if value is not None:
            found[name] = _threshold(row, value)
    return found


def _threshold(row: ThresholdRow, value: Value) -> Threshold:
    return Threshold(row.id, row.title, row.title_en, row.clause, Comparator(row.comparator), value, row.value, row.basis)


def _numbers(builder: Builder) -> dict[str, Fraction]:
    """Numbers in the smallest named unit of their dimension: fen for money, m² for areas; shares as they are."""
    found = {}
    for name, row in builder.rows("number").items():
        value = builder.value(f"number › {name}", row.value, (Quantity, Fraction))
        if value is not None:
            found[name] = value if isinstance(value, Fraction) else _smallest(value)
    return found


def _smallest(value: Quantity) -> Fraction:
    unit = {"money": "分", "area": "平方米", "foreign money (USD)": "美元"}.get(value.dimension, value.unit)
    return value.to(unit).value


def _replacements(builder: Builder) -> tuple[Replacement, ...]:
    return tuple(
        Replacement(name, row.standard, row.affects, multiple, row.clause)
        for name, row in builder.rows("replacement").items()
        if (multiple := builder.value(f"replacement › {name}", row.multiple, Fraction)) is not None
    )


def _terms(builder: Builder, books: Mapping[str, str], units: Mapping[str, QuotaUnit]) -> tuple[TermRule, ...]:
    return tuple(_each_term(builder, [row for _path, row in builder.several("term")], books, units))


def _each_term(builder: Builder, rows: Sequence[TermRow], books: Mapping[str, str], units: Mapping[str, QuotaUnit]) -> Iterator[TermRule]:
    for row in rows:
        if not builder.known("term › book", row.book, books) or (row.unit and not builder.known("term › unit", row.unit, units)):
            continue
        value = builder.value(f"term › {row.book}", row.above, (Quantity, Fraction))
        if value is None:
            continue
        above = Fraction(0)
        if isinstance(value, Fraction):
            above = value
        elif value.value and row.unit:
            printed = units[row.unit].printed
            try:
                above = value.to(printed).value * units[row.unit].scale
            except BadInput:
                builder.fault(FOLDER, f"term › {row.book}", repr(row.above), f"an amount in {printed}, as {row.unit} is printed")
                continue
        elif value.value:
            builder.fault(FOLDER, f"term › {row.book}", row.above, "0, or a unit in which the amount is counted")
        if above.denominator != 1:
            builder.fault(FOLDER, f"term › {row.book}", row.above, "a whole number of smallest parts")
            continue
        yield TermRule(row.book, row.unit, row.kind, above.numerator, row.approvers, row.delay, row.hours, row.valid_from, row.clause)


def _auctions(
    builder: Builder, pools: Mapping[str, QuotaPool], units: Mapping[str, QuotaUnit], thresholds: Mapping[str, Threshold]
) -> dict[str, AuctionRule]:
    found: dict[str, AuctionRule] = {}
    rows: dict[str, AuctionRow] = builder.rows("auction", "pool")
    for name, row in rows.items():
        place = f"auction › {name}"
        known = builder.known(place, row.pool, pools) and builder.known(place, row.money_pool, pools)
        known = known and builder.known(place, row.unit, units) and builder.known(place, row.reserve, thresholds)
        share = builder.share(place, row.bidder_cap_share) if row.bidder_cap_share else None
        if not known:
            continue
        known = builder.known(f"{place} › unit", row.unit, pools[row.pool].units)
        known = builder.known(f"{place} › money_unit", row.money_unit, pools[row.money_pool].units) and known
        reserve, fen = thresholds[row.reserve].value, None
        if isinstance(reserve, Quantity):
            fen = builder.amount(f"{place} › reserve", reserve, "分")
        if not isinstance(reserve, Quantity) or (fen is not None and (fen < 0 or fen.denominator != 1)):
            builder.fault(FOLDER, f"{place} › reserve", thresholds[row.reserve].text, "a threshold that is money, to the whole fen")
        elif known and fen is not None:
            found[name] = AuctionRule(
                row.pool,
                row.unit,
                row.money_pool,
                row.money_unit,
                row.rule,
                row.price,
                row.ties,
                fen.numerator,
                share,
                row.clause,
                row.basis,
            )
    return found


def _draw(builder: Builder, pools: Mapping[str, QuotaPool], units: Mapping[str, QuotaUnit]) -> Draw | None:
    row = builder.only("draw")
    if row is None:
        return None
    for pool in [row.into, *row.pools.values()]:
        builder.known("draw › pools", pool, pools)
    for unit in row.pollutants.values():
        builder.known("draw › pollutants", unit, units)
    for origin in row.order:
        builder.known("draw › order", origin, row.pools)
    return Draw(row.clause, row.order, row.pools, row.into, row.event, row.pollutants)


def _advance(builder: Builder, thresholds: Mapping[str, Threshold]) -> AdvanceRule | None:
    row = builder.only("advance")
    if row is None or not builder.known("advance › until", row.until, thresholds):
        return None
    until = thresholds[row.until].value
    if not isinstance(until, date):
        builder.fault(FOLDER, "advance › until", thresholds[row.until].text, "a threshold that is a day")
        return None
    return AdvanceRule(row.clause, until, row.kinds)


def _share(thresholds: Mapping[str, Threshold], name: str) -> Fraction | None:
    value = thresholds[name].value if name in thresholds else None
    return value if isinstance(value, Fraction) else None


def _amount(builder: Builder, thresholds: Mapping[str, Threshold], name: str, unit: str) -> Fraction | None:
    value = thresholds[name].value if name in thresholds else None
    return builder.amount(f"threshold › {name}", value, unit) if isinstance(value, Quantity) else None


def _idle(builder: Builder, thresholds: Mapping[str, Threshold], numbers: Mapping[str, Fraction]) -> IdleRule | None:
    started, invested = _share(thresholds, "started_below"), _share(thresholds, "invested_below")
    years, back = _amount(builder, thresholds, "idle_years", "年"), _amount(builder, thresholds, "take_back_years", "年")
    if started is None or invested is None or years is None or back is None or "idle_fee" not in numbers:
        return None
    return IdleRule(thresholds["idle_years"].clause, started, invested, int(years), numbers["idle_fee"], int(back))


def _authority(builder: Builder, thresholds: Mapping[str, Threshold]) -> Authority | None:
    start, end = _amount(builder, thresholds, "duty_authority_from", "美元"), _amount(builder, thresholds, "duty_authority_below", "美元")
    return None if start is None or end is None else Authority(int(start * 100), int(end * 100), thresholds["duty_authority_from"].clause)


def _land_reward(builder: Builder, thresholds: Mapping[str, Threshold], numbers: Mapping[str, Fraction]) -> LandReward | None:
    total, arrived = _amount(builder, thresholds, "land_reward_total", "美元"), _amount(builder, thresholds, "land_reward_arrived", "美元")
    area = numbers.get("land_reward_area")
    if total is None or arrived is None or area is None:
        return None
    return LandReward(int(total * 100), int(arrived * 100), int(area), thresholds["land_reward_total"].clause)
