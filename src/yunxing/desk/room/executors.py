"""What executes a clause, by name: the indicator's, form's, rule's, list's or paper's own title instead of its id."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from yunxing.desk.room.figures import pick
from yunxing.packs.pack import Pack, load_pack
from yunxing.packs.plan import bare
from yunxing.packs.sections import present

Titles = Mapping[str, tuple[str, str]]


@lru_cache(maxsize=2)
def titles_of(folder: Path) -> Titles:
    """Chinese and English title of everything in the pack that has one, by id with prefix."""
    pack = load_pack(folder)
    found: dict[str, tuple[str, str]] = {}
    found |= {f"indicator:{one.id}": (one.name, one.name_en) for one in pack.load_section("indicators")}
    found |= {f"form:{name}": (one.title, one.title_en) for name, one in pack.load_section("forms").items()}
    found |= {f"policy:{one.id}": (one.sheet.title, one.sheet.title_en) for one in pack.load_section("policies")}
    found |= {f"pool:{name}": (one.title, one.title_en) for name, one in pack.load_section("pools").items()}
    found |= {f"case:{name}": (one.title, one.title_en) for name, one in pack.load_section("cases").items()}
    found |= {one.claim: (one.title, one.title_en) for one in pack.load_section("walked").values()}
    found |= {f"document:{one.id}": (one.title, one.title_en) for one in pack.documents.document}
    found |= {f"list:{one.id}": (one.title, one.title_en) for one in pack.rosters.list}
    found |= {f"chain:{one.id}": (one.title, one.title_en) for one in pack.load_section("chains").views.values()} if present(folder, "chains") else {}
    return found


def kind_word(kind: str) -> str:
    """The word for a kind of executor."""
    return {
        "indicator": _("指标"),
        "form": _("报表"),
        "list": _("清单"),
        "policy": _("规则"),
        "pool": _("资金池"),
        "signal": _("信号"),
        "case": _("事项"),
        "pipeline": _("培育库"),
        "document": _("文件"),
        "activity": _("活动"),
        "matching": _("对接"),
        "chain": _("产业链"),
        "contingency": _("应急预案"),
    }.get(kind, kind)


def executor_name(claim: str, pack: Pack) -> str:
    """`indicator:listings` → 「指标 · 上市挂牌企业数」; what has no title yet is named by its kind, in English with its id made readable."""
    kind, _colon, name = bare(claim).partition(":")
    title = titles_of(pack.folder).get(bare(claim))
    named = pick(*title) if title else pick("", name.replace("_", " "))
    return f"{kind_word(kind)} · {named}" if named else kind_word(kind)
