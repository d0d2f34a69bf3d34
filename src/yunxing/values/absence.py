"""Absent is not zero: why a figure is missing, and sums that say how much of them is covered.

Zero is a reported value. A figure that was not due, does not apply, was not reported, is kept back or cannot be formed is none.
"""

from enum import Enum
from typing import Literal

SIGN = "—"


class Absence(Enum):
    """Why there is no figure. Every page shows the sign 「—」 with the words as its title.

    >>> Absence.not_reported.zh, Absence.not_reported.en, Absence.not_reported.sign
    ('未报', 'not reported', '—')
    """

    not_due = "not_due"
    not_applicable = "not_applicable"
    not_reported = "not_reported"
    suppressed = "suppressed"
    undefined = "undefined"

    @property
    def zh(self) -> str:
        """The Chinese words."""
        return _ZH[self.value]

    @property
    def en(self) -> str:
        """The English words."""
        return self.value.replace("_", " ")

    def label(self, language: Literal["zh", "en"] = "zh") -> str:
        """The words in either language, as every period has them."""
        return self.zh if language == "zh" else self.en

    @property
    def sign(self) -> str:
        """What stands in the cell: 「—」."""
        return SIGN


_ZH = {"not_due": "未到期", "not_applicable": "不适用", "not_reported": "未报", "suppressed": "保密", "undefined": "无法计算"}
