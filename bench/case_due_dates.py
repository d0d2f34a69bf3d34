"""A million due dates, vector path, beside one call each and a walk day by day. `python bench/case_due_dates.py [DATES]`."""

from __future__ import annotations

import datetime as dt
import sys
import time

import numpy as np

from yunxing.values.office_hours import OfficeHours, WorkingTime, instant
from yunxing.values.workdays import Calendar


def walk(calendar: Calendar, start: dt.date, count: int) -> dt.date:
    """The peer: one day after the other."""
    while count:
        start += dt.timedelta(days=1)
        count -= calendar.is_workday(start)
    return start


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    draw = np.random.default_rng(20)
    starts = dt.date(2020, 1, 1).toordinal() + draw.integers(0, 2500, size)
    counts = draw.integers(1, 61, size)
    calendar = Calendar()
    begun = time.perf_counter()
    calendar.add_many(starts[:1], counts[:1])
    print(f"set-up of the tables: {(time.perf_counter() - begun) * 1000:.1f} ms")
    best = 1e9
    for _ in range(5):
        begun = time.perf_counter()
        due = calendar.add_many(starts, counts)
        best = min(best, time.perf_counter() - begun)
    print(f"vector: {size:,} due dates in {best * 1000:.1f} ms (best of 5), the last {dt.date.fromordinal(int(due[-1]))}")
    pairs = [(dt.date.fromordinal(int(one)), int(n)) for one, n in zip(starts[:20_000], counts[:20_000], strict=True)]
    begun = time.perf_counter()
    single = [calendar.add(one, n).date for one, n in pairs]
    each = (time.perf_counter() - begun) / len(pairs)
    begun = time.perf_counter()
    slow = [walk(calendar, one, n) for one, n in pairs[:2_000]]
    step = (time.perf_counter() - begun) / 2_000
    assert [one.toordinal() for one in single] == due[: len(single)].tolist()
    assert slow == single[:2_000]
    print(
        f"one call each: {each * 1e6:.2f} µs, {each * size / best:,.0f} times the vector's; walking day by day: {step * 1e6:.1f} µs, {step * size / best:,.0f} times"
    )
    time_ = WorkingTime(calendar, OfficeHours.parse(["08:30-12:00", "13:30-17:30"]))
    moments = [instant(one, 36_000) for one, _ in pairs[:20_000]]
    begun = time.perf_counter()
    for moment in moments:
        time_.after(moment, 14_400)
    print(f"four office hours: {(time.perf_counter() - begun) / len(moments) * 1e6:.1f} µs each")


if __name__ == "__main__":
    main()
