"""Read the published bids of an auction, and write the result: CSV in UTF-8, checked cell by cell, every fault with its line and column at once.

In `bid,bidder,county,price_fen,quantity,time`, out `bid,filled,price_fen`. Ids begin with a letter, a digit or a Chinese sign, so that no cell is a
formula when the file is opened in a spreadsheet. Numbers are plain digits: nothing is rounded, trimmed or guessed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from yunxing.engines.ledger.auction import LARGEST, Bid, Bids, Cleared
from yunxing.values.errors import BadInput, Fault, nearest

HEAD = ("bid", "bidder", "county", "price_fen", "quantity", "time")
RESULT = ("bid", "filled", "price_fen")
MOST_FAULTS = 100
"""More faults than this are counted, not listed."""
_NAME = re.compile(r"\w(?:[\w .:/#()（）·-]{0,62}[\w)）])?")
_WHOLE = re.compile(r"[1-9][0-9]{0,15}")
_ZERO_TOO = re.compile(r"0|[1-9][0-9]{0,15}")
_NUMBERED = re.compile(r"[0-9]{1,19}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?", re.ASCII)


class _Sheet:
    """A CSV file as lines of cells, and the faults found in it."""

    def __init__(self, content: bytes, file: str, head: Sequence[str]) -> None:
        self.file, self.head = file, head
        self.faults: list[Fault] = []
        self.more = 0
        self.places: dict[str, int] = {}
        self._text = self._decoded(content)

    def fault(self, line: int, column: str, found: str, expected: str, fix: str = "") -> None:
        """Note a fault; `column` is a name of the head."""
        if len(self.faults) >= MOST_FAULTS:
            self.more += 1
            return
        where = f"line {line}, column {self.places[column] + 1} ({column})" if column in self.places else f"line {line}"
        self.faults.append(Fault(self.file, where, found, expected, fix=fix))

    def _decoded(self, content: bytes) -> str:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
            raise BadInput.from_faults(
                [Fault(self.file, f"line {line}, byte {column}", "bytes that are not UTF-8", "a CSV file saved as UTF-8")]
            ) from error
        if "\x00" in text:
            before = text[: text.index("\x00")]
            raise BadInput.from_faults(
                [Fault(self.file, f"line {before.count(chr(10)) + 1}, sign {len(before) - before.rfind(chr(10))}", "a NUL", "a text file")]
            )
        return text

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of every row under the head; a row of another length is a fault and left out."""
        reader = csv.reader(io.StringIO(self._text), strict=True)
        line = 1
        try:
            if not self._read_head(next(reader, [])):
                return
            line = reader.line_num + 1
            for cells in reader:
                if len(cells) == len(self.head):
                    yield line, cells
                elif cells:
                    self.fault(line, "", f"{len(cells)} cells", f"{len(self.head)}: {','.join(self.head)}")
                line = reader.line_num + 1
        except csv.Error as error:
            self.fault(line, "", str(error), "cells apart by commas, quotes closed")

    def _read_head(self, cells: list[str]) -> bool:
        found = [cell.strip() for cell in cells]
        for name in found:
            if name not in self.head:
                self.fault(
                    1,
                    "",
                    f"a column {name[:40]!r}",
                    f"one of {', '.join(self.head)}",
                    f"did you mean {nearest(name, self.head)!r}?" if nearest(name, self.head) else "",
                )
        twice = sorted({name for name in found if found.count(name) > 1})
        missing = [name for name in self.head if name not in found]
        if twice or missing:
            self.fault(
                1,
                "",
                f"{'twice ' + ', '.join(twice) if twice else 'no ' + ', '.join(missing)}",
                f"the head {','.join(self.head)}, each once",
            )
        self.places = {name: found.index(name) for name in self.head if name in found}
        return not self.faults

    def refuse(self) -> None:
        """`BadInput` with every fault, when there is one."""
        if self.more:
            self.faults.append(Fault(self.file, "", f"{self.more} faults more", "none"))
        if self.faults:
            raise BadInput.from_faults(self.faults)


def read_bids(content: bytes, file: str) -> Bids:
    """The bids of a file. Errors: `BadInput` with every fault: encoding, head, cells, an id twice, a bidder in two counties, sums too large."""
    sheet = _Sheet(content, file, HEAD)
    bids: list[Bid] = []
    lines: dict[str, int] = {}
    county_of: dict[str, tuple[str, int]] = {}
    styles: dict[str, int] = {}
    total = 0
    for line, cells in sheet.rows():
        at = sheet.places
        bid, bidder, county = (_name(sheet, line, cells[at[column]], column) for column in HEAD[:3])
        price, quantity = (_number(sheet, line, cells[at[column]], column) for column in HEAD[3:5])
        time = _moment(sheet, line, cells[at["time"]], styles)
        if bid in lines:
            sheet.fault(line, "bid", f"{bid!r}, which stands on line {lines[bid]} too", "each id once")
        first, on = county_of.setdefault(bidder, (county, line))
        if first != county:
            sheet.fault(
                line, "county", f"{county!r}", f"{first!r}, where line {on} has the bidder {bidder}: each bidder lies in one county"
            )
        lines[bid] = line
        total += quantity
        bids.append(Bid(bid, bidder, county, price, quantity, time))
    if total > LARGEST:
        sheet.fault(2, "quantity", f"a sum of {total}", f"at most {LARGEST}")
    sheet.refuse()
    return Bids.of(bids)


def _name(sheet: _Sheet, line: int, text: str, column: str) -> str:
    if not _NAME.fullmatch(text):
        expected = "1 to 64 letters, digits or signs . : / # ( ) - that begin with a letter, a digit or a Chinese sign"
        sheet.fault(line, column, repr(text[:40]) if text else "nothing", expected)
    return text


def _number(sheet: _Sheet, line: int, text: str, column: str) -> int:
    if _WHOLE.fullmatch(text) and int(text) <= LARGEST:
        return int(text)
    sheet.fault(line, column, repr(text[:40]) if text else "nothing", f"a whole number from 1 to {LARGEST} in plain digits")
    return 0


def _moment(sheet: _Sheet, line: int, text: str, styles: dict[str, int]) -> str:
    """The time as text that sorts: one style a file, an instant with a zone, one without, or a number that counts up."""
    moment: datetime | None = None
    if _NUMBERED.fullmatch(text):
        style, shown = "a number", text.zfill(19)
    elif _MOMENT.fullmatch(text) and (moment := _instant(text)) is not None:
        style = "a time with a zone" if moment.tzinfo else "a time without a zone"
        shown = moment.isoformat(timespec="microseconds")
    else:
        sheet.fault(
            line, "time", repr(text[:40]) if text else "nothing", "a moment such as 2022-09-30T09:15:00, or a number that counts up"
        )
        return ""
    first = styles.setdefault(next(iter(styles), style), line)
    if style not in styles:
        sheet.fault(line, "time", style, f"{next(iter(styles))}, as on line {first}: one file writes its times in one way")
    return shown


def _instant(text: str) -> datetime | None:
    """The moment, in UTC where it has a zone; None for a day of no calendar or beyond its ends."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found
    except (ValueError, OverflowError):
        return None


def bids_csv(bids: Sequence[Bid]) -> bytes:
    """The bids as they are published, sorted by id."""
    rows = sorted(bids, key=lambda one: one.bid)
    return _csv(HEAD, [[one.bid, one.bidder, one.county, one.price_fen, one.quantity, one.time] for one in rows])


def result_csv(cleared: Cleared) -> bytes:
    """What every bid got and pays, in the order of the bids."""
    return _csv(RESULT, [[one.bid, one.filled, one.price_fen] for one in cleared.fills])


def _csv(head: Sequence[str], rows: Sequence[Sequence[str | int]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue().encode()


def read_result(content: bytes, file: str) -> dict[str, tuple[int, int]]:
    """A published result by bid: units and fen. Errors: `BadInput` with every fault."""
    sheet = _Sheet(content, file, RESULT)
    found: dict[str, tuple[int, int]] = {}
    for line, cells in sheet.rows():
        bid = _name(sheet, line, cells[sheet.places["bid"]], "bid")
        if bid in found:
            sheet.fault(line, "bid", f"{bid!r} a second time", "each id once")
        numbers = []
        for column in RESULT[1:]:
            text = cells[sheet.places[column]]
            if not _ZERO_TOO.fullmatch(text):
                sheet.fault(line, column, repr(text[:40]) if text else "nothing", "a whole number of 0 or more in plain digits")
                text = "0"
            numbers.append(int(text))
        found[bid] = (numbers[0], numbers[1])
    sheet.refuse()
    return found


def differences(cleared: Cleared, published: Mapping[str, tuple[int, int]]) -> list[str]:
    """Where a published result and the bids' own result differ, one sentence a bid; empty when it is reproduced."""
    own = {one.bid: (one.filled, one.price_fen) for one in cleared.fills}
    words = [
        f"{bid}: published {published[bid][0]} at {published[bid][1]}, the bids give {own[bid][0]} at {own[bid][1]}"
        for bid in sorted(own.keys() & published.keys())
        if own[bid] != published[bid]
    ]
    words += [f"{bid}: not in the published result" for bid in sorted(own.keys() - published.keys())]
    return words + [f"{bid}: published, but not among the bids" for bid in sorted(published.keys() - own.keys())]
