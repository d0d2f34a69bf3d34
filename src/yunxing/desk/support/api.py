"""The API of entitlements under `/api/v1/`, described by `openapi.json`: the same rules, words and scope as the pages.

Who calls is signed in as at the desk and sees what his post sees. A profile is sent along as a page's form would send it: money as whole fen or text
with a unit, days as 2022-09-30, null for unknown; a float is refused. What cannot be read is answered with its place (422), never with an amount.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from ninja import NinjaAPI, Schema
from ninja.security import django_auth
from pydantic import ConfigDict, StrictBool, StrictInt, StrictStr

from yunxing.desk import clock
from yunxing.desk.scoping import current_scope
from yunxing.desk.support import api_answers, my_policies
from yunxing.values.errors import Refusal

Value = StrictBool | StrictInt | StrictStr | None

api = NinjaAPI(title="运行 · entitlements", version="1", docs_url=None, auth=django_auth, urls_namespace="support_api")


class Closed(Schema):
    """Unknown keys are refused: a misspelt one would silently mean unknown."""

    model_config = ConfigDict(extra="forbid")


class Asked(Closed):
    """A profile, perhaps one policy, and the day of application (default today)."""

    profile: dict[str, Value]
    policy: str = ""
    on: date | None = None


class ReverseAsked(Asked):
    """Which value of `column` gives at least this amount?"""

    column: str
    amount_fen: StrictInt


class WhatIfAsked(Asked):
    """The same profile under changed numbers of the policy and without some of its conditions."""

    parameters: dict[str, StrictStr | dict[str, StrictStr]] = {}
    without: list[str] = []


class AppealAsked(Asked):
    """The same decision with disputed columns as the party says they are, and disputed conditions taken as met."""

    replaced: dict[str, Value] = {}
    waived: list[str] = []


@api.exception_handler(Refusal)
def refused(request: HttpRequest, error: Any) -> Any:
    """A refusal in words: what was found, what is expected, where."""
    faults = [str(fault) for fault in error.faults]
    return api.create_response(request, {"detail": error.message, "faults": faults}, status=422)


def _day(asked: Asked) -> date:
    return asked.on or clock.today()


@api.get("/policies", summary="政策清单 · the policies in force on a day")
def policies(request: HttpRequest, on: date | None = None) -> dict[str, Any]:  # noqa: ARG001  # the framework passes it
    """Every policy with title, clause, kind of result, certainty, status and days in force."""
    return api_answers.policies(on or clock.today())


@api.get("/policies/{name}", summary="一项政策 · one policy with conditions, formula and columns in words")
def policy(request: HttpRequest, name: str, on: date | None = None) -> dict[str, Any]:  # noqa: ARG001
    """The rule in words, straight from its tree."""
    found = api_answers.policy(name, on or clock.today())
    if found is None:
        raise Http404
    return found


@api.get("/policies/{name}/parameters", summary="参数 · numbers with clause, quote and versions")
def parameters(request: HttpRequest, name: str) -> dict[str, Any]:  # noqa: ARG001
    """The numbers of a policy in every version."""
    found = api_answers.parameters(name)
    if found is None:
        raise Http404
    return found


@api.post("/assess", summary="测算 · outcome and amount")
def assess(request: HttpRequest, asked: Asked) -> dict[str, Any]:  # noqa: ARG001
    """Outcome, amount and masks for one policy, or for every policy that reads a column of the profile; with the best combination."""
    return api_answers.assess(asked.profile, asked.policy, _day(asked))


@api.post("/explain", summary="为什么 · every step with its numbers and the clause quoted")
def explain(request: HttpRequest, asked: Asked) -> dict[str, Any]:  # noqa: ARG001
    """The whole explanation; of every policy that reads a column of the profile when none is named."""
    return {"explanations": api_answers.explain(asked.profile, asked.policy, _day(asked))}


@api.post("/near-miss", summary="差一步 · the one condition that stands in the way, and the least change")
def near_miss(request: HttpRequest, asked: Asked) -> dict[str, Any]:  # noqa: ARG001
    """Near misses with their margin, and the least changes that would open the policy."""
    return {"near_misses": api_answers.near(asked.profile, asked.policy, _day(asked))}


@api.post("/questions", summary="先问什么 · the unknown columns in the order that decides soonest")
def questions(request: HttpRequest, asked: Asked) -> dict[str, Any]:  # noqa: ARG001
    """Which unknown to ask first."""
    return {"questions": api_answers.questions(asked.profile, asked.policy, _day(asked))}


@api.post("/reverse", summary="反算 · which input gives this amount")
def reverse(request: HttpRequest, asked: ReverseAsked) -> dict[str, Any]:  # noqa: ARG001
    """The nearest value of one column at which the amount is reached."""
    return api_answers.reverse(asked.profile, asked.policy, asked.column, asked.amount_fen, _day(asked))


@api.post("/what-if", summary="如果 · one profile under changed numbers")
def what_if(request: HttpRequest, asked: WhatIfAsked) -> dict[str, Any]:  # noqa: ARG001
    """Both results side by side, and the ids of both rule sets."""
    return api_answers.what_if(asked.profile, asked.policy, dict(asked.parameters), asked.without, _day(asked))


@api.post("/appeal", summary="申诉复算 · the decision with a disputed input replaced")
def appeal(request: HttpRequest, asked: AppealAsked) -> dict[str, Any]:  # noqa: ARG001
    """Both results, whether anything changes, and the clause."""
    return api_answers.appeal(asked.profile, asked.policy, asked.replaced, asked.waived, _day(asked))


@api.get("/parties/{party}/entitlements", summary="一家企业 · what an enterprise may have, within the caller's scope")
def of_party(request: HttpRequest, party: str) -> dict[str, Any]:  # noqa: ARG001
    """The page 「我的政策」 as data; 404 where the caller's scope does not hold the enterprise."""
    found = my_policies.for_desk(party, current_scope(), clock.today())
    if found is None:
        raise Http404
    return api_answers.of_party(found)
