"""Views of enterprise-level data and exports are in the journal (design: ecosystem 1.3): one line above the view says so."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponseBase

from yunxing.desk.people import journal

View = TypeVar("View", bound=Callable[..., Any])


def recorded(act: str, kind: str) -> Callable[[View], View]:
    """Record `act` (view, export, print) on a `kind` of object whenever the view answers 200; the address says which one. Refusals are recorded elsewhere."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response: HttpResponseBase = view(request, *args, **kwargs)
            if response.status_code == 200:
                journal.record(act, kind=kind, object_id=request.get_full_path())
            return response

        return cast("View", inner)

    return wrap
