"""What executes a clause, by name: the indicator's, form's, rule's, list's or paper's own title instead of its id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.room.figures import pick
from yunxing.packs.generated import load_generated
from yunxing.packs.pack import Pack, load_pack
from yunxing.packs.pipelines import load_figures
from yunxing.packs.plan import PLANNED, bare
from yunxing.packs.pools import load_pools
from yunxing.packs.quotas import load_quotas
from yunxing.packs.relations import FILE as RELATIONS
from yunxing.packs.relations import RelationsFile
from yunxing.packs.sections import present
from yunxing.packs.strict import load

Titles = Mapping[str, tuple[str, str]]


@lru_cache(maxsize=2)
def titles_of(folder: Path) -> Titles:
    """Chinese and English title of everything in the pack that has one, by id with prefix."""
    pack = load_pack(folder)
    found: dict[str, tuple[str, str]] = {}
    found |= {f"indicator:{one.id}": (one.name, one.name_en) for one in pack.load_section("indicators")}
    found |= {f"indicator:{name}": (one.title, one.title_en) for name, one in load_figures(folder).items()}
    found |= {f"form:{name}": (one.title, one.title_en) for name, one in pack.load_section("forms").items()}
    found |= {f"policy:{one.id}": (one.sheet.title, one.sheet.title_en) for one in pack.load_section("policies")}
    found |= {f"pool:{name}": (one.title, one.title_en) for name, one in pack.load_section("pools").items()}
    found |= {f"case:{name}": (one.title, one.title_en) for name, one in pack.load_section("cases").items()}
    found |= {one.claim: (one.title, one.title_en) for one in pack.load_section("walked").values()}
    found |= {f"document:{one.id}": (one.title, one.title_en) for one in pack.documents.document}
    found |= {f"list:{one.id}": (one.title, one.title_en) for one in pack.rosters.list}
    found |= {f"list:{name}": (one.title, one.title_en) for name, one in load_generated(folder).items()}
    found |= {f"policy:{one.id}": (one.title, one.title_en) for one in load_quotas(folder).assessments.values()}
    found |= {f"pool:{name}": (one.title, one.title_en) for name, one in load_quotas(folder).pools.items()}
    found |= {f"relation:{one.id}": (one.title, one.title_en) for one in load(folder / RELATIONS, RelationsFile).relation if one.id}
    cards = {one.id: (one.name, one.name_en) for one in pack.load_section("indicators")}
    tested = {f"signal:{one.id}": (one, cards.get(one.indicator, (one.indicator, one.indicator))) for one in pack.load_section("signals")}
    found |= {name: (f"{zh}（{KINDS[one.kind][0]}）", f"{en} ({KINDS[one.kind][1]})") for name, (one, (zh, en)) in tested.items()}
    found |= {f"contingency:{one.id}": (one.title, one.title_en) for one in pack.load_section("contingency").entries.values()}
    found |= (
        {f"chain:{one.id}": (one.title, one.title_en) for one in pack.load_section("chains").views.values()}
        if present(folder, "chains")
        else {}
    )
    if present(folder, "matching"):
        matching = pack.load_section("matching")
        found |= {f"matching:{name}": (one.title, one.title_en) for name, one in matching.kinds.items()}
        found |= {f"signal:{one.id}": (one.title, one.title_en) for one in [matching.credit] if one is not None}
    return found


KINDS = {"incipient": ("苗头性", "early sign"), "trend": ("倾向性", "trend"), "latent": ("潜在性", "latent")}
"""The kinds of signals, as a rule's title names them."""


def kind_word(kind: str) -> str:
    """The word for a kind of executor."""
    return {
        "indicator": _("指标"),
        "form": _("报表"),
        "list": _("清单"),
        "policy": _("规则"),
        "pool": _("资金池"),
        "relation": _("规则关系"),
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


def executor_href(claim: str, pack: Pack, without: frozenset[str] = frozenset()) -> str:
    """The page where what executes a clause is at work; empty for what is planned, or of a kind that has no page or one the reader may not open."""
    kind, _colon, name = bare(claim).partition(":")
    place = PLACES.get(kind)
    return "" if claim.startswith(PLANNED) or place is None or kind in without else place(name, pack)


def _at(view: str) -> Callable[[str, Pack], str]:
    return lambda name, _pack: reverse(view, args=[name])


def _of(view: str, **query: str) -> Callable[[str, Pack], str]:
    """A list narrowed to the thing: `{}` in a value of the query becomes its id."""
    return lambda name, _pack: f"{reverse(view)}?{urlencode({key: value.format(name) for key, value in query.items()})}"


def _policy(name: str, pack: Pack) -> str:
    """A rule of the entitlements has a page of its own; an assessment of the ledgers stands beside them."""
    return reverse("factors:assessment" if name in _assessments(pack.folder) else "support:policy", args=[name])


def _pool(name: str, pack: Pack) -> str:
    """A pool of quotas has its own page; a pool that benefits are reserved against stands on its rule's."""
    policy = _policy_of_pool(pack.folder).get(name, "")
    return reverse("support:policy", args=[policy]) if policy else reverse("factors:pool", args=[name])


@lru_cache(maxsize=2)
def _assessments(folder: Path) -> frozenset[str]:
    return frozenset(load_quotas(folder).assessments)


@lru_cache(maxsize=2)
def _policy_of_pool(folder: Path) -> Mapping[str, str]:
    return {name: one.policies[0] for name, one in load_pools(folder).items()}


def _document(name: str, _pack: Pack) -> str:
    """Bulletins are issued in the room; every other paper that the plan promises stands among the promised ones."""
    return reverse("room:bulletins") if name.endswith("bulletin") else f"{reverse('dispatch:papers')}#{name}"


def _signal(name: str, pack: Pack) -> str:
    """The month's signals of a rule; what banks report of credit drawn back has its own page."""
    return f"{reverse('room:signals')}?{urlencode({'rule': name})}" if name in _rules(pack.folder) else reverse("matching:credit")


@lru_cache(maxsize=2)
def _rules(folder: Path) -> frozenset[str]:
    return frozenset(one.id for one in load_pack(folder).load_section("signals"))


def _relation(_name: str, _pack: Pack) -> str:
    return reverse("support:policies")


PLACES: dict[str, Callable[[str, Pack], str]] = {
    "indicator": _at("room:indicator"),
    "form": _of("reporting:reports", form="{}"),
    "list": _at("registers:list"),
    "policy": _policy,
    "relation": _relation,
    "pool": _pool,
    "signal": _signal,
    "case": _of("casework:cases", queue="all", kind="{}"),
    "pipeline": _at("dispatch:board"),
    "activity": _at("dispatch:activity"),
    "document": _document,
    "contingency": lambda _name, _pack: reverse("contingency:scenarios"),
    "matching": _at("matching:kind"),
    "chain": lambda _name, _pack: reverse("chain:chains"),
}
"""Where each kind of executor is shown; every name is an address of the desk."""
