"""What the plantext suites share: the texts under $YUNXING_SHARED, the scorer, and a plan's structure without offsets."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
import unicodedata
from pathlib import Path

import pytest

from yunxing.engines.plantext import import_text

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("YUNXING_SHARED", ROOT.parent / "shared"))
POLICIES = SHARED / "data" / "policies"
SCORER = SHARED / "bench" / "plan_import" / "score.py"
MINI_GOLD = sorted((ROOT / "tests" / "engines" / "plantext" / "gold").glob("*.json"))


def need_shared() -> None:
    if not POLICIES.is_dir():
        pytest.skip(f"the policy texts are not at {POLICIES}; set YUNXING_SHARED")


def texts() -> list[str]:
    return sorted(path.stem for path in POLICIES.glob("*.txt")) if POLICIES.is_dir() else []


def raw_text(name: str) -> str:
    need_shared()
    return (POLICIES / f"{name}.txt").read_text(encoding="utf-8")


def gold(name: str) -> dict:
    need_shared()
    return json.loads((POLICIES / f"{name}.gold.json").read_text(encoding="utf-8"))


def scorer():
    need_shared()
    spec = importlib.util.spec_from_file_location("plan_import_score", SCORER)
    module = importlib.util.module_from_spec(spec)
    sys.modules["plan_import_score"] = module
    spec.loader.exec_module(module)
    return module


def imported(text: str, doc: str = "text.txt"):
    return import_text(text, doc, "https://example.org/text")


def one(text: str):
    """The single measure of a text made of one numbered paragraph."""
    plan = imported(f"某市若干措施\n一、任务\n（一）做好一件事。{text}\n（二）做好另一件事。按规定办理。\n")
    return plan.measures[0]


def numbers(text: str) -> list[tuple]:
    """(value, unit, comparator) of the quantities of one sentence."""
    return [(q.value, q.unit, q.comparator) for q in one(text).quantities]


def grants(text: str) -> list[tuple]:
    """(rate, amount, cap) of the subsidies of one sentence."""
    return [(s.rate, s.amount, s.cap) for s in one(text).subsidies]


def fold(words: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", words))


def structure(text: str) -> list[tuple]:
    """Measures as (number, offices, numbers, grants, dates), without offsets: what a repaired copy must share with the clean one."""
    return [
        (
            m.number,
            tuple((b.dept, b.role) for b in m.responsible),
            tuple((str(q.value), q.unit, q.comparator) for q in m.quantities),
            tuple((s.rate, s.amount, s.cap) for s in m.subsidies),
            tuple(d.date for d in m.deadlines),
        )
        for m in imported(text).measures
    ]


def spans(text: str) -> list[tuple[str, str]]:
    """Measures as (number, words without white space)."""
    return [(m.number, fold(text[m.start : m.end])) for m in imported(text).measures]
