"""From a clause to the page where it is at work: every claim of the plan has a name and an address that the desk serves."""

from __future__ import annotations

import pytest
from django.urls import resolve

from pack_cast import PLAN
from yunxing.desk.room.executors import PLACES, executor_href, executor_name
from yunxing.packs.pack import load_pack
from yunxing.packs.plan import PLANNED

PACK = load_pack(PLAN)
CLAIMS = sorted(
    {claim for part in PACK.parts.values() for claim in part.executed_by} | {one.shown_by for one in PACK.commitments}
)  # fmt: skip
BUILT = [claim for claim in CLAIMS if not claim.startswith(PLANNED)]


@pytest.mark.parametrize("claim", BUILT)
def test_every_claim_leads_to_a_page(claim):
    """An address that resolves, and a title instead of an id."""
    href = executor_href(claim, PACK)
    path = href.partition("?")[0].partition("#")[0]

    assert href, f"{claim} leads nowhere"
    assert resolve(path).func
    assert " · " in executor_name(claim, PACK), f"{claim} has no title"


def test_what_is_planned_leads_nowhere():
    assert executor_href("planned:policy:m08_dcmm", PACK) == ""


@pytest.mark.parametrize(
    ("claim", "href"),
    [
        ("policy:m08_dcmm", "/policies/m08_dcmm/"),
        ("policy:m15_idle_tests", "/ledgers/assessments/m15_idle_tests/"),
        ("pool:m08_dcmm", "/policies/m08_dcmm/"),
        ("pool:m16_quota_bank", "/ledgers/pools/m16_quota_bank/"),
        ("list:not_insured", "/registers/not_insured/"),
        ("case:whistle", "/cases/?queue=all&kind=whistle"),
        ("signal:output_fall", "/signals/?rule=output_fall"),
        ("document:monthly_bulletin", "/bulletins/"),
        ("document:quota_bank_rules", "/documents-promised/#quota_bank_rules"),
        ("form:project_month", "/reports/?form=project_month"),
        ("indicator:permit_days", "/indicators/permit_days/"),
    ],
)
def test_each_kind_leads_to_its_own_room(claim, href):
    assert executor_href(claim, PACK) == href


def test_every_kind_that_the_plan_claims_has_a_place():
    assert {claim.partition(":")[0] for claim in BUILT} <= set(PLACES)


@pytest.mark.parametrize("number", [2, 13, 15, 16, 21, 24])
def test_the_page_of_a_measure_links_what_executes_it(cast, number):
    """Every executor of the clause-by-clause table is a link; a promised paper has its own line."""
    page = cast.client("command").get(f"/measures/{number}/").content.decode()
    measure = next(one for one in PACK.measures if one.number == number)

    for claim in {claim for part in measure.parts for claim in part.executed_by if not claim.startswith(PLANNED)}:
        assert f'href="{executor_href(claim, PACK).replace("&", "&amp;")}"' in page, claim
    assert '<span class="tag">指标' not in page


def test_who_reviews_no_reports_is_not_sent_to_them(cast):
    """An analyst reads the plan; the reviewers' matrix would refuse him, so its form is a word without a link."""
    assert "/reports/?form=project_month" in cast.client("command").get("/measures/1/").content.decode()
    assert "/reports/?form=project_month" not in cast.client("analyst").get("/measures/1/").content.decode()


def test_a_promised_paper_is_found_by_its_anchor(cast):
    page = cast.client("command").get("/documents-promised/").content.decode()

    for one in PACK.documents.document:
        assert f'id="{one.id}"' in page
