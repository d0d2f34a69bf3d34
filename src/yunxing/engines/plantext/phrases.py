"""Cutting a phrase to its head: the few characters that name what is meant."""

from __future__ import annotations

import re
from typing import Final

_GENERIC: Final = re.compile(
    r"^(?:企业|单位|项目|个人|机构|产品|人员|部分|部门|主体|团队|平台|公司|企事业单位|我省企业或团体|企业或团体|企业和个人|民营企业|组织|标准|比例|额度|给予|一次性)?$"
)
_VERBS: Final = re.compile(
    r"^.*(?:首次获得|获得|获评|获批|认定为|认定|评定为|评为|评选为|列入|纳入|入选|通过|晋级为?|升级认定为|升级为|进入|新建成?|新增|主持|参与制定|举办|承办|引进|新引进|设立|购置|投入|开展|实施|取得|"
    r"创建|成立|申报|申请|办理|完成|形成|发布|参加|从事|达到|超过|实现|行驶|所发生的?|发生的?|符合(?:[^的]{0,8})?条件的?|入驻|注册|挂牌于)(?:的|了)?(?=.{3,})"
)
_EDGE: Final = re.compile(
    r"^(?:对于?|支持|鼓励|凡|首次|初次|新(?=[一-鿿]{4})|按照?|以|其|由|在|将|经|被|的|和|及|且|并|再|给|用于|每年?|每家|每个|每项|每户|其中|上述|以上|同一)+"
)
_TAIL: Final = re.compile(
    r"(?:的|给|后|时|，|、|和|等|以|为|按|再|可|均|各|分别|一次性|最高|不超过|给予|进行|予以|方面|原则上|部分|比例|标准|额度内?)+$"
)


def generic(words: str) -> bool:
    """Whether the words name nothing in particular (企业, 部分)."""
    return bool(_GENERIC.match(words))


def plain(words: str) -> str:
    """Without brackets and quotes."""
    return re.sub(r"（[^）]*）|[“”《》]|（.*$", "", words)


def core(words: str, longest: int = 10) -> str:
    """The naming end of a phrase, at most ``longest`` characters.

    >>> core("首次获得某某质量奖的企业"), core("符合条件的重点外资项目"), core("企业所发生的评估费用，")
    ('某某质量奖', '重点外资项目', '评估费用')
    """
    words = _TAIL.sub("", plain(words).strip("，、 "))
    head, _, last = words.rpartition("的")
    if head and generic(last):
        words = _TAIL.sub("", head)
    elif head and len(last) >= 2:
        words = last
    verbs = _VERBS.match(words)
    if verbs:
        words = words[verbs.end() :]
    words = _EDGE.sub("", words)
    if len(words) > longest and "、" in words:
        pieces = words.split("、")
        words = pieces[-1] if len(pieces[-1]) >= 4 else words
    if len(words) > longest and re.search(r"[和及]", words[2:-3]):
        words = re.split(r"[和及]", words)[-1] if len(re.split(r"[和及]", words)[-1]) >= 4 else words
    return words[-longest:]
