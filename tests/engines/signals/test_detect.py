"""Signals by thresholds: the handbook's vectors, exact limits, words that hold no number of their own, ids that stay."""

from __future__ import annotations

import json
import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from yunxing.engines.indicators.contributions import Contribution, Contributions
from yunxing.engines.indicators.rows import Row, figure, missing
from yunxing.engines.signals.detect import Party, Situation, detect
from yunxing.engines.signals.signal import Signal, signals_table
from yunxing.engines.signals.watch import Found, Watched
from yunxing.packs.indicators import load_indicators
from yunxing.packs.signals import load_signals
from yunxing.values.period import Month, parse_period
from yunxing.values.workdays import Calendar

PACK = Path(__file__).parents[3] / "plans" / "binzhou_2022_156"
DEFINITIONS = {one.id: one for one in load_indicators(PACK)}
RULES = load_signals(PACK)
YI = 10**10
SEPTEMBER = Month(2022, 9)


def found(rows: list[Row], month: Month = SEPTEMBER, known_on: date = date(2022, 10, 10), **rest: object) -> list[Signal]:
    return detect(RULES, Situation(month, known_on, Calendar(), DEFINITIONS, rows, **rest))


def yoy(scope: str, *rates: str, covered: Fraction = Fraction(1)) -> list[Row]:
    """A unit's month growth for the months up to September, the newest last."""
    months = [Month(2022, 9).plus(n - len(rates) + 1) for n in range(len(rates))]
    rows = []
    for month, rate in zip(months, rates, strict=True):
        value = Fraction(rate)
        rows.append(
            figure("output_growth", ("unit", scope), month.code, "yoy", value.numerator, value.denominator, "%",
                   covered_num=covered.numerator, covered_den=covered.denominator)
        )  # fmt: skip
    return rows


def test_three_negative_months_fire_and_a_zero_between_does_not():
    assert [one.rule for one in found(yoy("u1", "-2.1", "-3.0", "-0.1"))] == ["output_decline"]
    assert found(yoy("u1", "-2.1", "0.0", "-0.1")) == []


def test_a_run_begins_where_it_began_and_keeps_its_id_while_it_goes_on():
    three, four = found(yoy("u1", "1", "-2", "-3", "-1")), found(yoy("u1", "0", "1", "-2", "-3", "-1"))
    longer = found(yoy("u1", "-2", "-3", "-1", "-4"))

    assert three[0].first_period == "2022-07"
    assert longer[0].first_period == "2022-06"
    assert three[0].id == four[0].id
    assert three[0].id != longer[0].id


def test_a_provisional_figure_opens_no_trend_signal():
    """Covered 80 % is enough, less is not."""
    assert len(found(yoy("u1", "-2", "-3", "-1", covered=Fraction(80, 100)))) == 1
    assert found(yoy("u1", "-2", "-3", "-1", covered=Fraction(7999, 10000))) == []


def test_an_absent_month_breaks_the_run():
    rows = yoy("u1", "-2", "-3", "-1")
    rows[1] = missing("output_growth", ("unit", "u1"), "2022-08", "yoy", "%", "undefined", "重报")

    assert found(rows) == []


def change(indicator: str, previous: int, current: int, party: str = "E1") -> Row:
    return figure(indicator, ("party", party), "2022-09", "change", 100 * (current - previous), previous, "%")


def test_1000_to_700_is_incipient_and_minus_20_percent_is_included():
    assert [one.rule for one in found([change("electricity_change", 1000, 700)])] == ["power_drop"]
    assert len(found([change("electricity_change", 1000, 800)])) == 1
    assert found([change("electricity_change", 1000, 801)]) == []


def test_a_stop_of_three_days_is_no_signal_and_four_days_are():
    for days, count in ((3, 0), (4, 1)):
        assert len(found([figure("stop_days", ("party", "E1"), "2022-09", "value", days, 1, "days")])) == count


@pytest.mark.parametrize(("habit", "count"), [(0, 1), (1, 1), (2, 0)])
def test_a_figure_equal_to_last_months_fires_unless_that_is_a_habit(habit, count):
    rows = [change("output_change", 500, 500), figure("output_change", ("party", "E1"), "2022-09", "repeats", habit, 1, "periods")]

    assert [one.rule for one in found(rows)] == ["stale_repeat"] * count


def forecast(value: int) -> Row:
    return figure("project_investment", ("city", "city"), "2022-01..09", "forecast", value, 1, "fen")


def test_380_against_418_is_9_09_percent_short_and_fires():
    signal = found([forecast(380 * YI)])[0]

    assert (signal.rule, signal.kind) == ("target_gap", "latent")
    assert "9.1%" in signal.words_zh
    short = next(one for one in signal.evidence if one.name == "short")
    assert short.value == Fraction(100 * 38, 418)


def test_exactly_five_percent_short_does_not_fire():
    assert found([forecast(3971 * YI // 10)]) == []
    assert len(found([forecast(3971 * YI // 10 - 1)])) == 1


def test_january_and_february_are_too_early_for_a_forecast():
    row = figure("project_investment", ("city", "city"), "2022-01..02", "forecast", 100 * YI, 1, "fen")

    assert found([row], Month(2022, 2)) == []


def coal(minimum: Fraction) -> list[Row]:
    return [figure("coal_days", ("party", "S1"), "2022-09", "minimum", minimum.numerator, minimum.denominator, "days", basis="2022-09-14")]


def test_seven_days_of_coal_pass_and_6_96_do_not_though_they_print_as_7_0():
    assert found(coal(Fraction(7))) == []
    signal = found(coal(Fraction(696, 100)))[0]
    assert signal.severity == 2
    assert found(coal(Fraction(499, 100)))[0].severity == 3


def test_deadlines_are_working_days_and_say_when_they_are_provisional():
    """Three days after Friday 30 September 2022 end after the holiday, on the make-up days; past the last notice the day is provisional."""
    signal = found([change("electricity_change", 1000, 700)], known_on=date(2022, 9, 30))[0]
    assert (signal.deadline, signal.provisional) == (date(2022, 10, 10), False)

    far = found([change("electricity_change", 1000, 700)], known_on=date(2031, 1, 2))[0]
    assert far.provisional


def everything() -> list[Signal]:
    rows = [
        *yoy("371602", "-2.1", "-3.0", "-6.5"),
        change("electricity_change", 1000_0000, 70_0000),
        change("output_change", 5_000_000_00, 1_000_000_00, "E2"),
        change("output_change", 5_000_000_00, 5_000_000_00, "E3"),
        figure("output_change", ("party", "E3"), "2022-09", "repeats", 0, 1, "periods"),
        figure("stop_days", ("party", "E4"), "2022-09", "value", 12, 1, "days"),
        forecast(380 * YI),
        figure("port_foreign_cargo", ("city", "city"), "2022-01..09", "forecast", 180_000_000, 1, "kg"),
        *coal(Fraction(655, 100)),
        figure("project_idle", ("party", "E5"), "2022-09", "spent", 0, 1, "fen"),
        *(change("output_change", 9_000_000_00, 8_900_000_00, f"E{n}") for n in range(6, 8)),
        *(figure("output_change", ("party", f"E{n}"), "2022-09", "change_year_before", 100, 900, "%") for n in (2, 3, 6, 7, 8)),
        change("output_change", 5_000_000_00, 3_000_000_00, "E8"),
    ]
    breach = figure("output_change", ("party", "E9"), "2022-09", "value", 1_000_000_00, 1, "fen")
    power = figure("electricity_change", ("party", "E9"), "2022-09", "value", 1_000_000, 1, "kWh")
    behind = figure("output_growth", ("cell", "371602.32"), "2022-09", "behind_share", 900, 12, "%")
    watched = Watched(
        {
            "output_breach": (statistical(breach, Fraction(800), expected=(Fraction(3_000_000_00), "fen"), shortfall=(Fraction(667, 10), "%")),),
            "power_breach": (statistical(power, Fraction(600), expected=(Fraction(2_000_000), "kWh"), shortfall=(Fraction(50), "%")),),
            "output_spread": (
                statistical(behind, Fraction(350), shortfall=(Fraction(65, 10), "%"), firms=(Fraction(12), "firms"), behind=(Fraction(9), "firms"),
                            span=(Fraction(3), "periods")),
            ),
        }
    )  # fmt: skip
    parties = {f"E{n}": Party(f"企业甲{'乙' * n}", "371602", "32") for n in range(1, 10)}
    return found(
        rows,
        parties=parties,
        names={("unit", "371602"): "某区", ("industry", "32"): "某业", ("cell", "371602.32"): "某区某业"},
        watched=watched,
    )


def statistical(row: Row, score: Fraction, **places: tuple[Fraction, str]) -> Found:
    return Found(row, score / 100, -places["shortfall"][0], places)


def test_every_rule_of_the_pack_fires_somewhere():
    assert {one.rule for one in everything()} == {one.id for one in RULES}


NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?")


def test_every_number_in_the_words_stands_in_the_evidence_the_rule_or_the_period():
    """Nothing is told that cannot be re-read: numbers of the words ⊆ numbers of evidence, limits and period names."""
    for signal in everything():
        rule = next(one for one in RULES if one.id == signal.rule)
        for words, language in ((signal.words_zh, "zh"), (signal.words_en, "en")):
            allowed = {number for one in signal.evidence for number in NUMBER.findall(one.zh if language == "zh" else one.en)}
            allowed |= {number for one in signal.evidence for number in NUMBER.findall(parse_period(one.period).label(language))}
            allowed |= {str(rule.periods), *NUMBER.findall(signal.scope if signal.scope_kind == "party" else "")}
            assert set(NUMBER.findall(words)) <= allowed, words


def test_evidence_points_at_rows_and_holds_exact_values():
    for signal in everything():
        for one in signal.evidence:
            assert one.row.startswith((signal.indicator + "/", "commitment:", f"rule:{signal.rule}"))
            assert isinstance(one.value, Fraction)


def test_the_record_is_stable_and_its_table_has_the_contracts_columns():
    first, second = signals_table(everything()), signals_table(everything())

    assert first.equals(second)
    assert first.column_names[:5] == ["id", "kind", "sign", "indicator", "scope_kind"]
    assert len(set(first["id"].to_pylist())) == first.num_rows
    assert json.loads(first["evidence"][0].as_py())["figures"]


def test_one_signal_for_a_kind_indicator_and_scope_the_gravest():
    rows = [change("output_change", 1000, 100)]
    signals = found(rows)

    assert [(one.rule, one.severity) for one in signals] == [("output_fall", 2)]


def test_the_enterprises_behind_a_countys_fall_add_to_its_growth():
    contributions = [
        Contribution("output_growth", "2022-09", "city", party, 100 * (current - base), 1000, current, base)
        for party, current, base in (("E1", 50, 100), ("E2", 99, 100), ("E3", 101, 100), ("E4", 500, 100))
    ]
    parties = {"E1": Party("甲", "u1", "32"), "E2": Party("乙", "u1", "32"), "E3": Party("丙", "u1", "17"), "E4": Party("丁", "u2", "32")}
    rows = yoy("u1", "-2", "-3", "0")
    growth = Fraction(100 * (250 - 300), 300)
    rows[-1] = figure("output_growth", ("unit", "u1"), "2022-09", "yoy", growth.numerator, growth.denominator, "%")
    lines = found(rows, contributions=Contributions.of_rows(contributions), parties=parties)[0].contributions

    assert [one["name"] for one in lines] == ["甲", "乙", "丙"]
    assert sum(Fraction(one["points_num"], one["points_den"]) for one in lines) == growth


def test_the_rest_is_a_line_of_its_own():
    contributions = [Contribution("output_growth", "2022-09", "city", f"E{n}", 0, 1000, 90 + n, 100) for n in range(8)]
    parties = {f"E{n}": Party(f"甲{n}", "u1", "32") for n in range(8)}
    lines = found(yoy("u1", "-2", "-3", "-6.5"), contributions=Contributions.of_rows(contributions), parties=parties)[0].contributions

    assert (len(lines), lines[-1]["name"], lines[-1]["party"]) == (6, "其余3户", "")


HEAT = {f"H{n}": Party(f"供热{'甲' * n}", "371602", "44") for n in range(1, 8)}


def test_heat_plants_going_off_season_raise_nothing_and_the_one_that_stops_does():
    """The industry's median fall is its season: only what lies beyond it, and beyond the limit, is a sign."""
    rows = [
        change("electricity_change", 1000_0000, 1000_0000 * (100 - fall) // 100, f"H{n}")
        for n, fall in enumerate((21, 24, 26, 27, 28, 30, 96), 1)
    ]

    assert [(one.rule, one.scope) for one in found(rows, parties=HEAT)] == [("power_drop", "H7")]
    assert any(one.name == "peers" and one.value == -27 for one in found(rows, parties=HEAT)[0].evidence)


def test_four_peers_are_too_few_to_know_a_season():
    rows = [change("electricity_change", 1000_0000, 700_0000, f"H{n}") for n in range(1, 5)]

    assert len(found(rows, parties=HEAT)) == 4


@pytest.mark.parametrize(("fallen", "fires"), [(3, True), (2, False)])
def test_a_share_of_thirty_percent_is_reached_inclusively(fallen, fires):
    firms = {f"F{n}": Party(f"某{'甲' * n}", "u1", "17") for n in range(1, 11)}
    rows = [change("output_change", 100_00, 80_00 if n <= fallen else 99_00, f"F{n}") for n in range(1, 11)]
    rows += [figure("output_change", ("party", f"F{n}"), "2022-09", "change_year_before", 0, 100, "%") for n in range(1, 6)]

    shared = [one for one in found(rows, parties=firms) if one.rule == "output_shared_fall"]

    assert {one.scope for one in shared} == ({"u1", "17"} if fires else set())
    for one in shared:
        points = sum(Fraction(line["points_num"], line["points_den"]) for line in one.contributions)
        assert points == Fraction(100 * (3 * 80 + 7 * 99 - 1000), 1000)
        assert [line["party"] for line in one.contributions[:3]] == ["F1", "F2", "F3"]


def test_a_shared_fall_of_the_season_and_one_without_a_known_year_are_silent():
    firms = {f"F{n}": Party(f"某{'甲' * n}", "u1", "17") for n in range(1, 11)}
    rows = [change("output_change", 100_00, 60_00, f"F{n}") for n in range(1, 11)]
    habits = [figure("output_change", ("party", f"F{n}"), "2022-09", "change_year_before", -3000, 100, "%") for n in range(1, 11)]

    assert not [one for one in found(rows, parties=firms) if one.rule == "output_shared_fall"]
    assert not [one for one in found([*rows, *habits], parties=firms) if one.rule == "output_shared_fall"]
