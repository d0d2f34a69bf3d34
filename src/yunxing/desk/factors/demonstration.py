"""What the demonstration shows of factors: every pool with movements, an advance that keeps a project from producing, an auction settled and one open.

Everything goes through the same acts as on the desk; amounts are made up and every paper says so. Idempotent: keys are fixed, a second run adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction

from yunxing.desk import clock
from yunxing.desk.casework.models import Case
from yunxing.desk.factors import auctions, place, proposals
from yunxing.desk.factors.models import Auction, Proposal
from yunxing.desk.people.models import User
from yunxing.desk.people.selectors import Standing, standing_of
from yunxing.desk.reporting.models import Party
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.ledger.acts import ADVANCED, OWN, Given
from yunxing.engines.ledger.auction import Bid
from yunxing.flows import quota_acts
from yunxing.values.errors import DoesNotHold

LABEL = "（合成）"
FIRST = date(2022, 6, 1)


@dataclass(frozen=True)
class Cast:
    """Who and what the story is about: two people of the command, counties, firms and projects with their counties."""

    author: Standing
    second: Standing
    counties: list[str]
    firms: list[tuple[str, str]]
    projects: list[tuple[str, str]]
    waiting: tuple[str, str]


def fill(author: str, second: str) -> dict[str, int]:
    """The whole story; a second run finds it and changes nothing. Needs the registry, the accounts and the items."""
    if not place.quotas().acts:
        return {}
    with transaction.atomic(), acting_as_system("demonstration"):
        if Auction.objects.exists():
            return {}
        cast = _cast(author, second)
        if len(cast.firms) < 8 or len(cast.projects) < 3:
            return {}
        quota_acts.open_quotas(connection, place.quotas(), place.place())
        posted = sum(_post(cast, act, given) for act, given in _opening_story(cast))
        for row in _pledged(cast):
            proposals.enter_source(cast.author, row)
        posted += sum(_post(cast, act, given) for act, given in _pollutant_story(cast))
        waiting = sum(_hand_in(cast, act, given) for act, given in _waiting_story(cast))
        _auctions(cast)
    return {"posted": posted, "waiting": waiting, "auctions": 2}


def _cast(author: str, second: str) -> Cast:
    people = [standing_of(User.objects.get(username=name), clock.today()) for name in (author, second)]
    counties = [code for code, _name in place.counties()]
    firms = list(Party.objects.filter(kind="enterprise", unit__in=counties).order_by("id").values_list("id", "unit")[:40])
    projects = list(Party.objects.filter(kind="project", unit__in=counties).order_by("id").values_list("id", "unit")[:20])
    finished = Case.objects.filter(definition="pipeline_project_stages", state="finished").exclude(party="").order_by("id").first()
    waiting = (finished.party, finished.unit) if finished and finished.unit in counties else (projects or [("", "")])[-1]
    return Cast(people[0], people[1], counties, firms, [one for one in projects if one != waiting], waiting)


def _amount(act: str, printed: str, unit: str = "") -> int:
    return place.quotas().unit_of(place.quotas().acts[act], unit).parsed(printed)


def _given(cast: Cast, act: str, printed: str, day: date, **more: Any) -> tuple[str, Given]:
    del cast
    unit = str(more.pop("unit", "")) or place.quotas().unit_of(place.quotas().acts[act]).id
    number = more.pop("number", 1)
    amount = _amount(act, printed, unit) if printed else 0
    return act, Given(f"demo/{act}/{number}", day, amount, unit, document=f"演示文件〔2022〕{number}号{LABEL}", **more)


def _post(cast: Cast, act: str, given: Given) -> int:
    """Draw up by the one, agreed to by the other, posted. Errors: `DoesNotHold`: a refusal is a fault of the story."""
    book = place.quotas()
    found = quota_acts.planned(connection, book, book.acts[act], given, proposals.pledges(given.unit))
    group = quota_acts.agreed(found.group, cast.author.user.username, cast.second.user.username)
    at = datetime.combine(given.effective, time(9, 30), clock.now().tzinfo)
    answer = quota_acts.carry_out(connection, place.place(), group, found.openings, at, run="demonstration")
    if answer.status == "refused":
        raise DoesNotHold(f"demonstration, {given.key}: {answer.message}")
    return 1


def _opening_story(cast: Cast) -> Iterator[tuple[str, Given]]:
    """Money, land and energy."""
    day = FIRST

    def on(days: int) -> date:
        return day + timedelta(days=days)

    first, second, third = cast.projects[:3]
    yield _given(cast, "confirm_project", "50000000.00", on(0), project=first[0], county=first[1])
    yield _given(cast, "import_equipment", "12000000.00", on(40), project=first[0], county=first[1])
    yield _given(cast, "receive_provincial_land", "40.0000", on(5))
    yield _given(cast, "use_provincial_land", "13.3333", on(60), project=first[0], county=first[1])
    yield _given(cast, "open_pilot", "10000000.00", on(1))
    for number, (firm, county) in enumerate(cast.firms[:6], 1):
        yield _given(
            cast, "pay_hedging_fee", f"{80_000 + 7_321 * number}.01", on(20 + 9 * number), party=firm, county=county, number=number
        )
    at_home = {county: firm for firm, county in reversed(cast.firms)}
    for number, (county, firm) in enumerate(sorted(at_home.items())[:3], 1):
        yield _given(cast, "fund_county_trade", f"{200 * number}0000.00", on(3), county=county, number=number)
        yield _given(cast, "spend_county_trade", f"{61 * number}5000.00", on(50), county=county, party=firm, number=number)
    weights = {county: 1000 - 70 * number for number, county in enumerate(cast.counties)}
    yield _given(cast, "set_land_task", "1234.5600", on(2), weights=weights)
    for number, county in enumerate(cast.counties, 1):
        yield _given(cast, "verify_disposal", f"{40 + 13 * number}.{1000 + number}", on(70), county=county, number=number)
    yield _given(cast, "commission_renewable", "14748.01", on(30), county=second[1], project=second[0])
    yield _given(cast, "commission_renewable", "8614.50", on(80), county=third[1], project=third[0], number=2)
    yield _given(cast, "record_renewable_use", "7374.00", on(90), county=second[1])
    yield _given(cast, "record_feedstock", "52000.00", on(90), county=second[1])
    yield _given(cast, "bank_quota", "60000.00", on(10))
    yield _given(cast, "approve_application", "5000.00", on(45), project=second[0], county=second[1])
    yield _given(cast, "allocate_application", "5000.00", on(66), project=second[0], county=second[1], refers="demo/approve_application/1")
    yield _given(cast, "approve_application", "3200.00", on(95), project=third[0], county=third[1], number=2)
    yield _given(cast, "offer_quota", "24000.00", on(75))
    yield _given(cast, "fund_vouchers", "5000000.00", on(4))
    yield _given(cast, "redeem_vouchers", "1384600.00", on(85), party=cast.firms[6][0], county=cast.firms[6][1])
    yield _given(cast, "receive_award", "10000000.00", on(15), county=cast.counties[2])
    yield _given(cast, "use_award", "3650000.00", on(88), county=cast.counties[2], purpose=place.quotas().acts["use_award"].purposes[0])


def _pledged(cast: Cast) -> Iterator[dict[str, Any]]:
    """Planned cuts: a kiln to be closed in the county of the project that waits, a facility elsewhere."""
    county = cast.waiting[1]
    own = _firm_of(cast, county)
    other = next((one for one in cast.firms if one[1] != county), cast.firms[-1])
    yield {
        "id": "S2022-01", "title": f"拟关停窑炉{LABEL}", "firm": own, "county": county, "kind": "closure", "unit": "kg-NOx", "planned": 10_000,
        "baseline": 12_000, "planned_done": date(2023, 3, 31), "document": f"减排方案第1号{LABEL}", "decision": "",
    }  # fmt: skip
    yield {
        "id": "S2022-02", "title": f"拟实施治理项目{LABEL}", "firm": other[0], "county": other[1], "kind": "project", "unit": "kg-VOCs", "planned": 6_500,
        "baseline": 9_000, "planned_done": date(2023, 9, 30), "document": f"减排方案第2号{LABEL}", "decision": "",
    }  # fmt: skip


def _firm_of(cast: Cast, county: str) -> str:
    """A firm of the county, or any where none is known there."""
    found = Party.objects.filter(kind="enterprise", unit=county).order_by("id").first()
    return str(found.pk) if found else cast.firms[0][0]


def _pollutant_story(cast: Cast) -> Iterator[tuple[str, Given]]:
    """Own cuts first, then the county's, then 8 t in advance: the handbook's need of 40 t."""
    project, county = cast.waiting
    firm = _firm_of(cast, county)
    kinds = place.quotas().acts["certify_cut"].purposes
    yield _given(cast, "certify_cut", "12.000", FIRST, unit="kg-NOx", county=county, party=firm, purpose=OWN)
    yield _given(cast, "certify_cut", "20.000", FIRST, unit="kg-NOx", county=county, purpose=kinds[0], number=2)
    for number, code in enumerate(cast.counties, 3):
        yield _given(
            cast, "certify_cut", f"{number}.500", FIRST + timedelta(days=20), unit="kg-VOCs", county=code, purpose=kinds[1], number=number
        )
    yield _given(
        cast, "allocate_pollutants", "20.000", FIRST + timedelta(days=60), unit="kg-NOx", county=county, party=firm, project=project,
        missed=("PM2.5",), production=date(2023, 6, 30),
    )  # fmt: skip
    yield _given(
        cast,
        "certify_cut",
        "3.000",
        FIRST + timedelta(days=100),
        unit="kg-NOx",
        county=county,
        purpose=ADVANCED,
        source="S2022-01",
        number=90,
    )


def _waiting_story(cast: Cast) -> Iterator[tuple[str, Given]]:
    """Three acts that a second person still has to look at."""
    day = clock.today()
    yield _given(cast, "pay_hedging_fee", "126400.00", day, party=cast.firms[7][0], county=cast.firms[7][1], number=91)
    yield _given(cast, "approve_application", "1800.00", day, project=cast.projects[0][0], county=cast.projects[0][1], number=92)
    yield _given(cast, "certify_cut", "5.000", day, unit="kg-NOx", county=cast.waiting[1], purpose=ADVANCED, source="S2022-01", number=93)


def _hand_in(cast: Cast, act: str, given: Given) -> int:
    proposals.hand_in(cast.author, place.quotas().acts[act], given)
    return Proposal.objects.filter(key=given.key).count()


def _auctions(cast: Cast) -> None:
    """One that was opened by two people, one that takes bids."""
    now = clock.now()
    past = _announced(cast, 1, 10_000, now - timedelta(days=30), now - timedelta(days=20))
    prices = (260, 240, 240, 235, 220, 210, 205)
    for number, (price, (firm, county)) in enumerate(zip(prices, cast.firms, strict=False), 1):
        _sealed(past, number, Bid("", firm, county, price * 100, 1500 + 400 * number), now - timedelta(days=25))
    asked = auctions.ask_to_open(cast.author, past)
    auctions.open_bids(cast.second, asked)
    coming = _announced(cast, 2, 8_000, now - timedelta(days=2), now + timedelta(days=12))
    for number, (firm, county) in enumerate(cast.firms[3:6], 1):
        _sealed(coming, number, Bid("", firm, county, (215 + 9 * number) * 100, 1200 * number), now - timedelta(days=1))


def _announced(cast: Cast, number: int, supply: int, at: datetime, closes: datetime) -> Auction:
    pool, rule = next(iter(place.quotas().auctions.items()))
    share = rule.bidder_cap_share
    made: Auction = Auction.objects.create(
        id=f"A{clock.today():%Y}-{number:03d}", title=f"第{number}场能耗指标竞购{LABEL}", pool=pool, notice=f"竞购公告〔2022〕{number}号{LABEL}",
        supply=supply, rule=rule.rule, price=rule.price, ties=rule.ties, reserve_fen=rule.reserve_fen,
        bidder_cap=None if share is None else int(supply * share), closes_at=closes, announced_by=cast.author.user.username, announced_at=at,
    )  # fmt: skip
    return made


def _sealed(auction: Auction, number: int, bid: Bid, at: datetime) -> None:
    named = replace(bid, bid=f"{auction.pk}-{number:05d}", time=f"{at + timedelta(minutes=number):%Y-%m-%dT%H:%M:%S.%f}")
    auctions.keep(auction, named, at + timedelta(minutes=number))
