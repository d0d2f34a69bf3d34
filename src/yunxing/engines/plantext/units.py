"""Units as policy texts print them, and what they are in yuan, tonnes or days."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

MONEY: Final = r"(?:美元|欧元|日元|港元|港币|人民币|元)"
_TIME: Final = r"(?:个工作日|工作日|个交易日|个自然日|自然日|个小时|小时|分钟|个月|个季度|个学期|天|周岁|学时|课时)"
_MASS: Final = r"(?:千克标准煤|公斤标准煤|吨标准煤|标准煤|吨公里|公斤|千克|吨|斤|克)"
_SPACE: Final = r"(?:平方公里|平方千米|平方米|平米|㎡|立方米|公顷|公里|千米|海里|米|亩|升)"
_POWER: Final = r"(?:千瓦时|千伏安|千瓦|兆瓦时|兆瓦|吉瓦|度电|千伏|伏安)"
_COUNT: Final = (
    r"(?:台（套）|台\(套\)|台套|人次|架次|车次|班次|航次|艘次|标准箱|标箱|"
    r"个(?!百分点|月|工作日|小时|人(?!才|民))|家|户|人(?![均力才民])|名(?![牌录单])|项|件|台(?![湾账])|套|辆|次(?!性)|场(?!所|地|景)|种(?!植|子|业|苗|养)|条(?!件|例)|座|处(?!理|置)|所|间(?!隔)|支(?!持|撑|付)|"
    r"头|只(?!要)|羽|株|棵|箱|张|篇|门|位|艘|列(?!入)|架|口(?!岸)|眼|栋|幢|部(?!门|分|署|委)|份(?!额)|批(?!次|复|准|发)|组(?!织)|对(?!接)|双|本(?!科)|万户|公里|床|把|轮|盏|孔|块|册|期(?!间|限|末))"
)
_SHARE: Final = r"(?:个百分点|百分点|%|‰|折|倍|成(?![立为效熟果本交长功员品就套型人]))"
_PER: Final = r"(?:[/·](?:每)?(?:平方米|平米|千瓦时|立方米|标箱|公里|千瓦|工作日|学年|学期|公顷|吨标准煤|万元|人次|小时|年|月|日|天|周|人|家|户|亩|辆|吨|个|头|只|场|次|度|套|台|项|件|株|羽|班|生|㎡|床|篇|种|名|t|kWh|m2|度电|升|米|箱|车|所|公斤|斤))*"
_POWERS: Final = r"(?:万亿|千亿|百亿|十亿|千万|百万|十万|亿|万|千|百)"
_PLAIN: Final = rf"(?:{MONEY}|{_MASS}|{_SPACE}|{_POWER}|{_COUNT}|TEU|kWh|kW|MW|年(?![度代])|t(?![a-zA-Z]))"
UNIT: Final = rf"(?:(?:{_SHARE}|{_TIME}|(?:{_PLAIN}|{_POWERS}(?:{_PLAIN}))){_PER}|日(?=内|以内|/)|{_POWERS}(?![一-鿿]{{0,1}}强|级|向|能|众|里|物|象|事|企|村|一))"
_FACTOR: Final = {"百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12}
_BASES: Final = {
    "元": ("yuan", Fraction(1)),
    "人民币": ("yuan", Fraction(1)),
    "吨": ("t", Fraction(1)),
    "公斤": ("t", Fraction(1, 1000)),
    "千克": ("t", Fraction(1, 1000)),
    "天": ("d", Fraction(1)),
    "日": ("d", Fraction(1)),
    "个工作日": ("working d", Fraction(1)),
    "工作日": ("working d", Fraction(1)),
}
_POWER_HEAD: Final = re.compile(rf"^({_POWERS})?(.*)$")


def base(value: Fraction, unit: str) -> tuple[Fraction, str] | None:
    """The value in yuan, tonnes or days with that unit's name; None for other units. Bare 万 and 千万 read as yuan.

    >>> base(Fraction(10), "亿元"), base(Fraction(25), "万吨"), base(Fraction(7), "天")
    ((Fraction(1000000000, 1), 'yuan'), (Fraction(250000, 1), 't'), (Fraction(7, 1), 'd'))
    """
    plain = unit.split("/", maxsplit=1)[0]
    found = _POWER_HEAD.match(plain)
    power, rest = (found[1], found[2]) if found and plain not in _BASES else (None, plain)  # 千克 is a unit, not a thousand 克
    if power and not rest:
        return value * 10 ** _FACTOR[power], "yuan"
    if rest not in _BASES:
        return None
    name, factor = _BASES[rest]
    return value * factor * 10 ** _FACTOR.get(power or "", 0), name


def is_money(unit: str) -> bool:
    """Whether the unit is of yuan (bare 万, 千万 and 亿 are)."""
    head = unit.split("/", maxsplit=1)[0]
    return (head.endswith("元") and not head.endswith(("美元", "欧元", "日元", "港元"))) or head in _FACTOR


def is_share(unit: str) -> bool:
    """Per cent, per mille, a discount or tenths."""
    return unit in ("%", "‰", "折", "成")
