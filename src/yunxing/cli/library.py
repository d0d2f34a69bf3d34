"""`yunxing search` and `yunxing library …`: exact search over policies, cases and bulletins; the documents of the policy library."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from yunxing.cli.context import HomeOption, JsonOption, PackOption, day_given, emit, errors, open_store
from yunxing.values.errors import BadInput

if TYPE_CHECKING:
    from datetime import date

    from yunxing.engines.search.query import Query
    from yunxing.flows.search import Answer, Hit

app = typer.Typer(no_args_is_help=True)
TABLE = "library_entry"
STATES = {
    "not_yet": "尚未施行 not yet in force",
    "in_force": "现行有效 in force",
    "amended": "已修改 amended",
    "partly_ended": "部分失效 partly ended",
    "ended": "失效 ended",
    "unstated": "未载明有效期 no end stated",
}


def register(app: typer.Typer) -> None:
    """Add `search` to the root."""
    app.command()(search)


def search(
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help='煤炭 库存 · "批而未供" · 煤炭 -电力 · 责任单位:财政局 · 有效于:2022-06-01')
    ],
    *,
    exact: Annotated[bool, typer.Option("--exact", help="the whole QUERY is one phrase, no sign in it means anything")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="compare character by character, widths and brackets too")] = False,
    near: Annotated[str, typer.Option("--near", help="document, paragraph or sentence that must hold all phrases")] = "document",
    kind: Annotated[str | None, typer.Option("--kind", help="policy, case or bulletin")] = None,
    issuer: Annotated[str | None, typer.Option("--issuer", help="part of an issuing body's name")] = None,
    number: Annotated[str | None, typer.Option("--number", help="document number, brackets and zeros as you like")] = None,
    office: Annotated[str | None, typer.Option("--office", help="part of a responsible office's name")] = None,
    place: Annotated[str | None, typer.Option("--place", help="region code; places below count")] = None,
    since: Annotated[str | None, typer.Option("--from", help="dated on or after")] = None,
    until: Annotated[str | None, typer.Option("--to", help="dated on or before")] = None,
    valid: Annotated[str | None, typer.Option("--valid-on", help="in force on this day")] = None,
    status: Annotated[str | None, typer.Option("--status", help=", ".join(STATES))] = None,
    ended: Annotated[bool, typer.Option("--ended", help="with documents whose force has ended")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="hits to show")] = 25,
    pack: PackOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """精确检索 · All and only the documents that hold the phrases, by clause."""
    asked = _asked(query, exact=exact, strict=strict, near=near, named={
        "kind": kind, "issuer": issuer, "number": number, "office": office, "place": place,
        "since": since, "until": until, "valid_on": valid, "status": status,
    })  # fmt: skip
    from yunxing.flows.library import catch_up
    from yunxing.flows.search import search as find

    today = datetime.now(UTC)
    with open_store(home, having=TABLE) as (folder, connection):
        with errors.status("更新索引 reading what is new…") if errors.is_terminal else _nothing():
            catch_up(connection, folder, _pack(pack), now=today)
        answer = find(connection, asked, today=today.date(), ended=ended, count=limit)
    emit(_answer_json(query, answer), as_json=json, lines=_lines(query, answer))


def _nothing() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def _pack(given: Path | None) -> Any:
    from yunxing.packs.pack import load_pack

    return load_pack(str(given) if given else None)


def _asked(query: str, *, exact: bool, strict: bool, near: str, named: dict[str, str | None]) -> Query:
    from yunxing.engines.search.numbers import doc_number
    from yunxing.engines.search.query import STATES as KNOWN
    from yunxing.engines.search.query import Filters, Near, parse
    from yunxing.engines.search.query import exact as phrase

    if near not in ("document", "paragraph", "sentence"):
        raise BadInput(f"--near: found {near!r}, expected document, paragraph or sentence.")
    given: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    for name in ("since", "until", "valid_on"):
        if name in given:
            given[name] = day_given(given[name], {"since": "--from", "until": "--to", "valid_on": "--valid-on"}[name])
    if "number" in given:
        read = doc_number(given["number"])
        if read is None:
            raise BadInput(f"--number: found {given['number']!r}, expected a document number, such as 〔2022〕156号 or 2022 156.")
        given["number"] = read
    if given.get("status", "ended") not in KNOWN:
        raise BadInput(f"--status: found {given['status']!r}, expected one of {', '.join(KNOWN)}.")
    filters = Filters(**given)
    return phrase(query, filters=filters, strict=strict) if exact else parse(query, filters=filters, near=cast("Near", near), strict=strict)


def _answer_json(query: str, answer: Answer) -> dict[str, Any]:
    return {
        "query": query,
        "total": answer.total,
        "left_out_as_ended": answer.ended,
        "denied_by_the_text": answer.dropped,
        "without_filter": dict(answer.helps),
        "hits": [_hit_json(hit) for hit in answer.hits],
    }


def _hit_json(hit: Hit) -> dict[str, Any]:
    return {
        "kind": hit.kind,
        "code": hit.key,
        "title": hit.title,
        "number": hit.number,
        "date": hit.day.isoformat() if hit.day else None,
        "state": hit.state,
        "more_passages": hit.more,
        "passages": [
            {
                "clause": one.clause.label if one.clause else None,
                "heading": one.clause.title if one.clause else None,
                "words": one.words,
                "marked": [list(span) for span in one.marked],
                "start": one.start,
            }
            for one in hit.passages
        ],
    }


def _lines(query: str, answer: Answer) -> list[str]:
    lines = [f"“{query}”：{answer.total} 件 found"]
    for hit in answer.hits:
        state = f" · {STATES[hit.state]}" if hit.kind == "policy" else ""
        lines.append(f"{hit.title} {hit.number} {hit.day or ''}{state}".rstrip())
        for one in hit.passages:
            label = f"{one.clause.label} {one.clause.title}".strip() if one.clause else "—"
            lines.append(f"  {label}：{_marked(one.words, one.marked)}")
        if hit.more:
            lines.append(f"  另有 {hit.more} 处 more places")
    if answer.ended:
        lines.append(f"另有 {answer.ended} 件已失效，加 --ended 显示 more whose force has ended: --ended shows them")
    lines += [f"去掉 --{name.replace('_', '-')} 会有 {count} 件 without this filter: {count}" for name, count in answer.helps]
    return lines


def _marked(words: str, spans: tuple[tuple[int, int], ...]) -> str:
    out, at = [], 0
    for start, end in spans:
        if start >= at:
            out += [words[at:start], "【", words[start:end], "】"]
            at = end
    return "".join([*out, words[at:]]).replace("\n", " ").strip()


@app.command("add")
def add_documents(
    files: Annotated[list[Path], typer.Argument(help="policy texts: .txt (UTF-8, GB18030), .docx, .html or a PDF with text")],
    *,
    code: Annotated[str, typer.Option("--code", help="the short name of a single document; default its number")] = "",
    address: Annotated[str, typer.Option("--source", help="where the text was found")] = "",
    place: Annotated[str, typer.Option("--place", help="region code of the issuing government")] = "",
    level: Annotated[str, typer.Option("--level", help="national, province, city or county")] = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """文件入库 · Read policy texts, keep them and make them searchable; the same text again changes nothing."""
    if code and len(files) > 1:
        raise BadInput(f"--code: found {len(files)} files, expected one when a code is given.")
    from rich.progress import track

    from yunxing.flows.library import add_document

    now = datetime.now(UTC)
    with open_store(home, having=TABLE) as (_, connection):
        done = [
            add_document(connection, file, now=now, code=code, address=address, place=place, level=level)
            for file in track(files, "文件入库 reading", console=errors, disable=not errors.is_terminal)
        ]
    emit(
        {
            "documents": [
                {"code": one.document.code, "title": one.document.title, "new": one.new, "questions": one.questions} for one in done
            ]
        },
        as_json=json,
        lines=[
            f"{one.document.code} {one.document.title}：{'已入库 added' if one.new else '已有 known already'}，{one.questions} 处待确认 to confirm"
            for one in done
        ],
    )


@app.command("list")
def list_documents(
    *,
    on: Annotated[str | None, typer.Option("--on", help="the state on this day; default today")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """库内文件 · The documents, the newest first, and whether they hold."""
    from yunxing.flows.library import effects
    from yunxing.io.store.library import read_all

    day: date = day_given(on, "--on") if on else datetime.now(UTC).date()
    with open_store(home, having=TABLE) as (_, connection):
        held = effects(connection)
        rows = [(one, held[one.code].on(day)) for one in read_all(connection)]
    emit(
        {
            "documents": [
                {"code": one.code, "title": one.title, "number": one.number, "date": str(one.day or ""), "state": state}
                for one, state in rows
            ]
        },
        as_json=json,
        lines=[f"{one.code}  {one.title}  {one.number}  {one.day or ''}  {STATES[state]}" for one, state in rows]
        or ["库内尚无文件 no documents yet"],
    )
