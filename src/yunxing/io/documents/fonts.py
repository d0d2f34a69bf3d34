"""Which fonts a PDF is set in: the office's own folder first, then fonts the operator installed, then the free ones of the package.

A Word file only names its fonts and is opened with the reader's; a PDF embeds them, so what is missing must be known before it is set.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from yunxing.io.documents.layout import FACES
from yunxing.values.errors import Refusal

FANDOL = Path("/usr/share/texmf/fonts/opentype/public/fandol")
FANDOL_PLACES = (FANDOL, Path("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"))


class NoFonts(Refusal):
    """No font with Chinese characters was found, so that no PDF can be set."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Fonts:
    """The folders searched and, for each face, the families that are there, the best first. `substituted` names the faces whose official font is missing."""

    folders: tuple[Path, ...]
    families: dict[str, tuple[str, ...]]
    substituted: tuple[str, ...]


def find_fonts(fonts_dir: Path | None = None, *, packaged: bool = True) -> Fonts:
    """The fonts for a PDF. `fonts_dir` is the office's folder of licensed fonts (settings.toml, `fonts_dir`); `packaged` False leaves the package's out.

    Raises NoFonts when no family of any list is there: a page of empty boxes is never made.
    """
    import typst

    folders = _folders(fonts_dir, packaged=packaged)
    there = (
        set(
            typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder) for folder in folders]).families()
        )
        if folders
        else set()
    )
    families = {name: tuple(family for family in face.families if family in there) for name, face in FACES.items()}
    missing = [FACES[name].word for name, found in families.items() if not found]
    if missing:
        looked = "、".join(str(folder) for folder in folders) or "（没有字体文件夹）"
        raise NoFonts(
            f"未生成 PDF：没有找到可用的中文字体（{'、'.join(missing)}）。查找位置：{looked}。"
            "请安装 Python 包 pylopdf-fonts-zh-cn，或在 settings.toml 中用 fonts_dir 指定字体文件夹。.docx 已生成。 "
            "No PDF: no Chinese font was found; install the Python package pylopdf-fonts-zh-cn or set fonts_dir in settings.toml. The .docx was written."
        )
    # a free stand-in is never one of the first, official, names
    substituted = tuple(FACES[name].word for name, found in families.items() if found[0].startswith(("Noto", "Fandol", "LXGW")))
    return Fonts(folders, families, substituted)


def _folders(fonts_dir: Path | None, *, packaged: bool) -> tuple[Path, ...]:
    folders = []
    if fonts_dir is not None:
        if not fonts_dir.is_dir():
            raise NoFonts(
                f"fonts_dir in settings.toml: found no folder {fonts_dir}, expected a folder with .ttf or .otf files. To mend it: correct the path or leave it out."
            )
        folders.append(fonts_dir)
    folders += [place for place in FANDOL_PLACES if place.is_dir()]
    if packaged:
        try:
            from pylopdf_fonts_zh_cn import serif_path
        except ModuleNotFoundError:
            return tuple(folders)
        folders.append(serif_path().parent)
    return tuple(folders)
