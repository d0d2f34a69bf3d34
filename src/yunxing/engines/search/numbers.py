"""Document numbers (发文字号) as people write them: one number, many brackets, spaces and zeros."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_NOISE: Final = re.compile(r"[\s〔〕\[\]()（）【】［］〖〗]+")
_SHAPE: Final = re.compile(r"(?P<mark>[^\d]*?)(?P<year>(?:19|20)\d\d)(?:年)?(?:第)?0*(?P<number>\d{1,5})?号?")


@dataclass(frozen=True, slots=True)
class DocNumber:
    """Issuing mark, year and running number; None for a part that was not written."""

    mark: str | None
    year: int | None
    number: int | None


def doc_number(text: str) -> DocNumber | None:
    """`甲政发[2022] 156号` and `甲政发〔2022〕0156号` are one number; `2022 156` is one without its mark. None when it is no number."""
    parts = [part for part in _NOISE.split(unicodedata.normalize("NFKC", text)) if part]
    found = _SHAPE.fullmatch("".join(parts))
    if found is None:
        return None
    mark = found["mark"].removesuffix("第") or None
    return DocNumber(mark, int(found["year"]), int(found["number"]) if found["number"] else None)
