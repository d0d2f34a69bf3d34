"""Codes of enterprises, regions, industries and projects, and the size class of an industrial enterprise.

A check digit that does not agree warns and does not reject: some early pilot codes break the rule and are lawful.
Sources: GB 32100-2015, GB 11714, GB/T 2260, GB/T 4754-2017, 统计上大中小微型企业划分办法(2017).
"""

import datetime as dt
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from types import MappingProxyType
from typing import Literal

from yunxing.values.errors import BadInput
from yunxing.values.money import Fen

USCI_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCI_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORG_SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

Status = Literal["valid", "suspect", "malformed"]


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """A code as it should be written, whether it holds, and in a sentence why not. ``suspect`` is a warning: the code may be used."""

    normalised: str
    status: Status
    why: str = ""


def _tidy(code: str) -> str:
    return "".join(unicodedata.normalize("NFKC", code).split()).upper()


def _organisation_sign(first8: str) -> str:
    rest = 11 - sum(_ORG_SYMBOLS.index(c) * w for c, w in zip(first8, _ORG_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def organisation_with_check(first8: str) -> str:
    """The nine characters of an organisation code (GB 11714) from its first eight; BadInput when they are not eight of 0–9, A–Z."""
    head = _tidy(first8)
    if len(head) != 8 or set(head) - set(_ORG_SYMBOLS):
        raise BadInput(f"“{first8}” is no start of an organisation code: eight of 0–9 and A–Z are needed.")
    return head + _organisation_sign(head)


def check_organisation_code(code: str) -> CodeCheck:
    """Check an organisation code (GB 11714), nine characters with or without the hyphen before the last.

    >>> check_organisation_code("12345678-8").status
    'valid'
    """
    tidy = _tidy(code).replace("-", "")
    if len(tidy) != 9:
        return CodeCheck(tidy, "malformed", f"an organisation code has 9 characters, this one has {len(tidy)}")
    if set(tidy) - set(_ORG_SYMBOLS):
        return CodeCheck(tidy, "malformed", "an organisation code holds only 0–9 and A–Z")
    sign = _organisation_sign(tidy[:8])
    if sign != tidy[8]:
        return CodeCheck(tidy, "suspect", f"the check character is {tidy[8]} and should be {sign}")
    return CodeCheck(tidy, "valid")


def usci_with_check(first17: str) -> str:
    """The 18 characters of a unified social credit code from its first 17, for synthetic codes.

    Only the last character is made; for a code that ``check_usci`` calls valid, take characters 9–17 from ``organisation_with_check``.

    >>> usci_with_check("91999900" + organisation_with_check("12345678"))
    '91999900123456788A'
    """
    head = _tidy(first17)
    if len(head) != 17 or set(head) - set(USCI_SYMBOLS):
        raise BadInput(f"“{first17}” is no start of a unified social credit code: 17 of {USCI_SYMBOLS} are needed.")
    total = sum(USCI_SYMBOLS.index(c) * w for c, w in zip(head, _USCI_WEIGHTS, strict=True))
    return head + USCI_SYMBOLS[-total % 31]


def check_usci(code: str) -> CodeCheck:
    """Check a unified social credit code (GB 32100-2015) after folding width, spaces and case.

    ``malformed``: not 18 characters of the 31 allowed (no I, O, S, V, Z). ``suspect``: the last character, or the one of the organisation
    code within, does not agree. Characters 3–8 say where the party was registered, not where it is.

    >>> check_usci("９１350100m000100y43 ")
    CodeCheck(normalised='91350100M000100Y43', status='valid', why='')
    """
    tidy = _tidy(code)
    if len(tidy) != 18:
        return CodeCheck(tidy, "malformed", f"a unified social credit code has 18 characters, this one has {len(tidy)}")
    strange = sorted(set(tidy) - set(USCI_SYMBOLS))
    if strange:
        return CodeCheck(tidy, "malformed", f"a unified social credit code never holds {'、'.join(strange)}")
    sign = usci_with_check(tidy[:17])[-1]
    if sign != tidy[17]:
        return CodeCheck(tidy, "suspect", f"the check character is {tidy[17]} and should be {sign}")
    inner = check_organisation_code(tidy[8:17])
    if inner.status != "valid":
        return CodeCheck(tidy, "suspect", f"in the organisation code {inner.normalised}, {inner.why}")
    return CodeCheck(tidy, "valid")


_PROJECT = re.compile(r"(\d{2})(0[1-9]|1[0-2])-?(\d{6})-?(\d{2})-?(\d{2})-?(\d{6})", re.ASCII)


def check_project_code(code: str) -> CodeCheck:
    """Check an investment project code (投资项目统一代码): 24 characters, 20 digits in groups YYMM-region-kind-trade-number.

    Hyphens may be missing and are put back. The first group must be a year and a month.

    >>> check_project_code("22039999990401123456").normalised
    '2203-999999-04-01-123456'
    """
    tidy = re.sub("[‐-―−]", "-", _tidy(code))
    found = _PROJECT.fullmatch(tidy)
    if found is None:
        return CodeCheck(tidy, "malformed", "a project code reads YYMM-rrrrrr-kk-tt-nnnnnn, 24 characters with its hyphens")
    year, month, *rest = found.groups()
    return CodeCheck("-".join([year + month, *rest]), "valid")


@dataclass(frozen=True, slots=True)
class Region:
    """A county, district, development zone or city for the days ``valid_from`` to ``valid_to`` (both included; None is open).

    A zone has its own id and no GB/T 2260 code; ``statistical`` says whether statistics are published for it as an area.
    """

    code: str
    name: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    successor: str | None = None
    parent: str | None = None
    kind: Literal["county", "district", "zone", "city"] = "county"
    statistical: bool = True

    def holds_on(self, day: dt.date) -> bool:
        """Whether it existed on the day."""
        return (self.valid_from or dt.date.min) <= day <= (self.valid_to or dt.date.max)


class RegionTable:
    """The regions of a plan with their history. Unknown parents or successors, and a code twice on one day, are BadInput."""

    def __init__(self, regions: Iterable[Region]) -> None:
        self.regions = tuple(regions)
        self._by_code: dict[str, list[Region]] = {}
        for region in self.regions:
            self._by_code.setdefault(region.code, []).append(region)
        for region in self.regions:
            for what, link in (("parent", region.parent), ("successor", region.successor)):
                if link is not None and link not in self._by_code:
                    raise BadInput(f"Region {region.code} names the {what} {link}, which the table does not hold.")
        for code, history in self._by_code.items():
            history.sort(key=lambda r: r.valid_from or dt.date.min)
            for earlier, later in pairwise(history):
                if (later.valid_from or dt.date.min) <= (earlier.valid_to or dt.date.max):
                    raise BadInput(f"Region {code} stands twice in the table on {later.valid_from or dt.date.min}.")

    def on(self, day: dt.date) -> tuple[Region, ...]:
        """The regions that existed on the day, in the order of the table."""
        return tuple(region for region in self.regions if region.holds_on(day))

    def get(self, code: str, day: dt.date) -> Region | None:
        """The region of that code on that day, or None: the code was not yet, or no longer, in use."""
        return next((region for region in self._by_code.get(code, ()) if region.holds_on(day)), None)

    def current(self, code: str, day: dt.date) -> Region | None:
        """The region that a code of any time stands for on the day, following successors; None when there is none."""
        seen: set[str] = set()
        while code not in seen:
            seen.add(code)
            region = self.get(code, day)
            if region is not None:
                return region
            link = next((r.successor for r in reversed(self._by_code.get(code, [])) if r.successor), None)
            if link is None:
                return None
            code = link
        return None


@dataclass(frozen=True, slots=True)
class Industry:
    """A division of GB/T 4754-2017: two digits, its section (B, C or D), and its name in Chinese and English."""

    code: str
    section: str
    zh: str
    en: str


@lru_cache(maxsize=1)
def industries() -> Mapping[str, Industry]:
    """The 41 divisions of industry, 06 to 46, by code."""
    table = tomllib.loads((files("yunxing.values") / "data" / "industries.toml").read_text(encoding="utf-8"))
    return MappingProxyType({code: Industry(code, row["section"], row["zh"], row["en"]) for code, row in table["division"].items()})


def industry_of(code: str) -> Industry:
    """The division of a two- to four-digit industry code, with or without its section letter; BadInput outside industry.

    >>> industry_of("C3216").en
    'Non-ferrous metal smelting and rolling'
    """
    tidy = _tidy(code)
    found = industries().get(tidy.lstrip("BCD")[:2])
    digits = tidy.lstrip("BCD")
    if found is None or not re.fullmatch(r"\d{2,4}", digits, re.ASCII) or tidy not in {digits, found.section + digits}:
        raise BadInput(f"“{code}” is no industry code of GB/T 4754-2017 between 06 and 46.")
    return found


class SizeClass(Enum):
    """Large, medium, small or micro, as statistics class an industrial enterprise."""

    large = "large"
    medium = "medium"
    small = "small"
    micro = "micro"

    @property
    def zh(self) -> str:
        """The Chinese word."""
        return {"large": "大型", "medium": "中型", "small": "小型", "micro": "微型"}[self.value]


_WAN = 10**6
_SIZE_FLOORS = ((SizeClass.large, 1000, 40000 * _WAN), (SizeClass.medium, 300, 2000 * _WAN), (SizeClass.small, 20, 300 * _WAN))


def size_class(staff: int, revenue: Fen) -> SizeClass:
    """The size of an industrial enterprise from its staff and its yearly revenue in fen, both of the same year.

    A class above micro needs both floors, each included (1000 and 40000 万元; 300 and 2000; 20 and 300); else it drops to the next.
    Negative staff is BadInput. Source: 统计上大中小微型企业划分办法(2017).

    >>> size_class(1000, 40000 * 10**6), size_class(1200, 40000 * 10**6 - 1)
    (<SizeClass.large: 'large'>, <SizeClass.medium: 'medium'>)
    """
    if staff < 0:
        raise BadInput(f"An enterprise cannot have {staff} staff.")
    return next((size for size, people, money in _SIZE_FLOORS if staff >= people and revenue >= money), SizeClass.micro)
