"""`yunxing plan import`: a policy text in, a proposed plan out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from yunxing.cli.context import JsonOption, emit

if TYPE_CHECKING:
    from yunxing.engines.plantext.model import Goal, Measure

_WORDS: Final = {
    "sections": "节 sections",
    "measures": "项举措 measures",
    "offices": "个责任单位 offices",
    "quantities": "个数量 quantities",
    "deadlines": "个期限 deadlines",
    "subsidies": "条补助 subsidies",
    "citations": "个引用文件 cited documents",
}


def register(app: typer.Typer) -> None:
    """Add the command to `yunxing plan`."""
    app.command("import")(import_policy)


def import_policy(
    text: Annotated[Path, typer.Argument(help="policy text: .txt (UTF-8, GB18030), .docx, .html or a PDF with text")],
    out: Annotated[Path | None, typer.Option("-o", "--output", help="where to write the plan as JSON")] = None,
    address: Annotated[str | None, typer.Option("--source", help="where the text was found; without it the plan is a draft")] = None,
    as_json: JsonOption = False,
) -> None:
    """导入政策文本 · Read a policy text into measures, offices, numbers, deadlines and subsidies; what is unsure is listed as 待确认."""
    from yunxing.flows.import_plan import import_plan

    done = import_plan(text, out, address)
    plan = done.plan
    asked = plan.questions()
    measures = plan.measures
    parts: list[Goal | Measure] = [*measures, *plan.goals]
    counts = {
        "sections": len(plan.sections),
        "measures": len(measures),
        "offices": sum(len(m.responsible) for m in measures),
        "quantities": sum(len(part.quantities) for part in parts),
        "deadlines": sum(len(part.deadlines) for part in parts),
        "subsidies": sum(len(m.subsidies) for m in measures),
        "citations": len(plan.citations),
        "questions": len(asked),
    }
    if as_json and out is None:
        emit(plan.to_json(), as_json=True)
        return
    head = {"title": plan.title, "doc_number": plan.doc_number, "issuers": plan.issuers, "date": plan.date, "sha256": plan.sha256}
    data = head | counts | {"warnings": plan.warnings, "written": [str(path) for path in done.written]}
    lines = [
        f"{plan.title or '（无标题 no title）'}　{plan.doc_number or ''}　{plan.date or ''}",
        ", ".join(f"{counts[key]} {words}" for key, words in _WORDS.items()),
        f"{counts['questions']} 处待确认 to confirm",
        *(f"  {where}: {element.reason}" for where, element in asked[:20]),
        *plan.warnings,
        *(str(path) for path in done.written),
    ]
    emit(data, as_json=as_json, lines=lines)
