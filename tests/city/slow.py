"""The city's arithmetic again, in plain loops over plain numbers: slow, obvious, and what the fast arrays are held against."""

from datetime import date, timedelta


def fitted(rows, columns, weights, rounds=60):
    """Iterative fitting of a table to both margins."""
    table = [[weights[r][c] * rows[r] * columns[c] for c in range(len(columns))] for r in range(len(rows))]
    for _ in range(rounds):
        for r, wanted in enumerate(rows):
            total = sum(table[r])
            table[r] = [value * wanted / total for value in table[r]]
        for c, wanted in enumerate(columns):
            total = sum(table[r][c] for r in range(len(rows)))
            for r in range(len(rows)):
                table[r][c] *= wanted / total
    return table


def festival_days_lost(days, before, after, depth, year, month):
    """The share of a month's work left by the festival, day by day."""
    length, lost = 0, 0.0
    day = date(year, month, 1)
    while day.month == month:
        length += 1
        lost += sum(depth for festival in days if festival - timedelta(days=before) <= day <= festival + timedelta(days=after))
        day += timedelta(days=1)
    return 1 - lost / length


def days_of_stock(use, closing, day):
    """Closing stock by the mean use of at most seven days."""
    last = [use[place] for place in range(max(0, day - 6), day + 1)]
    return closing[day] / (sum(last) / len(last)) if sum(last) else float("inf")


def comparable_growth(firms):
    """Growth of (current, base) pairs: sums first, one division."""
    current = sum(now for now, _ in firms)
    base = sum(then for _, then in firms)
    return current / base - 1


def runs(years):
    """Unbroken runs of a list of years."""
    found = []
    for year in sorted(years):
        if found and found[-1][1] == year - 1:
            found[-1] = (found[-1][0], year)
        else:
            found.append((year, year))
    return found
