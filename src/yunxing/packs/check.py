"""`pack check`: everything a pack promises about itself, held true at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yunxing.packs.attach import AttachedText
from yunxing.packs.check_forms import form_faults
from yunxing.packs.check_links import link_faults
from yunxing.packs.check_pipelines import pipeline_faults
from yunxing.packs.check_plan import plan_faults
from yunxing.packs.check_quotas import quota_faults
from yunxing.packs.check_text import claimed_numbers, numbers_of, text_faults
from yunxing.packs.coverage import Coverage, coverage, coverage_lines
from yunxing.packs.pack import Pack
from yunxing.values.errors import Fault


@dataclass(frozen=True, slots=True)
class Report:
    """What `pack check` found. `text` counts what was held against the official text, or is None when none was attached."""

    pack: str
    digest: str
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    coverage: Coverage
    text: dict[str, int] | None

    @property
    def holds(self) -> bool:
        """Nothing blocks."""
        return not self.faults

    def to_json(self) -> dict[str, Any]:
        """All of it, for scripts."""
        return {
            "pack": self.pack,
            "digest": self.digest,
            "holds": self.holds,
            "faults": [_fault_json(one) for one in self.faults],
            "warnings": [_fault_json(one) for one in self.warnings],
            "text": self.text,
            "coverage": self.coverage.to_json(),
        }

    def lines(self) -> list[str]:
        """The report for a person: faults first, then the coverage."""
        found = [f"✕ {one}" for one in self.faults] + [f"⚠ {one}" for one in self.warnings]
        if self.text is None:
            text = "正式文本未附 official text not attached: quotes and numbers were not held against it (yunxing plan attach PACK TEXT)"
        else:
            text = "与正式文本核对 held against the official text: " + ", ".join(f"{name} {count}" for name, count in self.text.items())
        verdict = "通过 holds" if self.holds else f"不通过 does not hold: {len(self.faults)} 处 faults"
        return [*found, *coverage_lines(self.coverage), text, f"{self.pack} {verdict}"]


def check(pack: Pack, text: AttachedText | None) -> Report:
    """Check a pack, against its official text when it is given."""
    found = (
        plan_faults(pack)
        + link_faults(pack)
        + form_faults(pack)
        + pipeline_faults(pack)
        + quota_faults(pack)
        + (text_faults(pack, text) if text else [])
    )
    return Report(
        pack=pack.id,
        digest=pack.digest,
        faults=tuple(one for one in found if one.severity == "block"),
        warnings=tuple(one for one in found if one.severity != "block"),
        coverage=coverage(pack),
        text=_counts(pack, text) if text else None,
    )


def _counts(pack: Pack, text: AttachedText) -> dict[str, int]:
    claimed = claimed_numbers(pack, text)
    return {
        "measures": len(text.measures),
        "sentences": text.sentence_count,
        "office_mentions": text.office_mentions,
        "quotes": len(pack.commitments) + len(pack.not_commitments),
        "numbers": len(numbers_of(text)),
        "numbers_of_commitments": sum(1 for by in claimed.values() if by != "not"),
        "numbers_explained": sum(1 for by in claimed.values() if by == "not"),
    }


def _fault_json(one: Fault) -> dict[str, str]:
    return {"file": one.file, "place": one.place, "found": one.found, "expected": one.expected, "why": one.why, "fix": one.fix}
