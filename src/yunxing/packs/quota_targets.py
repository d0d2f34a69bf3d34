"""What `quotas/*.toml` say of counties and projects: the yearly energy targets, and the report by which a project is known to produce."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from yunxing.engines.ledger.energy import in_centi
from yunxing.engines.ledger.quota_book import EnergyTarget, OutputSign
from yunxing.packs.strict import read_toml
from yunxing.values.quantity import Quantity

if TYPE_CHECKING:
    from yunxing.packs.quotas import Builder


def energy_targets(builder: Builder) -> dict[tuple[str, int], EnergyTarget]:
    """The counties' targets by county and year; a county has one set a year."""
    found: dict[tuple[str, int], EnergyTarget] = {}
    for path, row in builder.several("energy_target"):
        place = f"energy_target › {row.county} {row.year}"
        drop, coal = builder.share(place, row.drop), builder.value(place, row.coal_cut, Quantity)
        tons = builder.amount(place, coal, "吨") if coal is not None else None
        cap = builder.value(place, row.cap, Quantity) if row.cap else None
        tce = builder.amount(place, cap, "吨标准煤") if cap is not None else None
        if (row.county, row.year) in found:
            builder.fault(path, place, "a second row", "one a county and year")
        elif drop is not None and tons is not None:
            found[row.county, row.year] = EnergyTarget(
                row.county, row.year, drop, tons, in_centi(tce) if tce is not None and tce >= 0 else None, row.basis
            )
    return found


def output_sign(builder: Builder, pack: Path) -> OutputSign | None:
    """The options as their places among the item's choices, as facts hold them."""
    row = next((file.advance for _path, file in builder.files if file.advance is not None), None)  # a second one is told by its own loader
    if row is None or row.output is None or not (pack / "forms").is_dir():  # rules read alone, without the pack's forms
        return None
    path = pack / "forms" / f"{row.output.form}.toml"
    items = read_toml(path).get("items", []) if path.exists() else []
    choices = next(([str(option["id"]) for option in one.get("options", [])] for one in items if one.get("id") == row.output.item), None)
    if choices is None:
        builder.fault("quotas", "advance › output", f"{row.output.form}.{row.output.item}", "an item of a form")
        return None
    known = [builder.known("advance › output › options", name, choices) for name in row.output.options]
    return OutputSign(row.output.form, row.output.item, frozenset(map(choices.index, row.output.options))) if all(known) else None
