"""Is this paper ours? (ecosystem §1.9) Anyone who holds one may ask by its code; who has the file may hold it against the digest. No figure is shown."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from yunxing.desk.people.access import open_to_all, standing
from yunxing.desk.reporting.paper_models import Paper
from yunxing.values.digest import digest

CODE = re.compile(r"[0-9A-F]{16}")
TITLE_LEVEL = 1  # a stranger reads the title of public papers only


@require_safe
@open_to_all
def look(request: HttpRequest) -> HttpResponse:
    """A box for the code."""
    asked = re.sub(r"[\s-]", "", request.GET.get("code", "")).upper()
    if CODE.fullmatch(asked):
        return redirect("verify:paper", asked)
    return render(request, "reporting/verify.html", {"asked": asked, "paper": None})


@require_http_methods(["GET", "HEAD", "POST"])
@open_to_all
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """What the platform knows of the code; a file sent along is held against the digest and forgotten at once."""
    found = Paper.objects.filter(code=code.upper()).first()
    verdict = ""
    if request.method == "POST" and found is not None and "file" in request.FILES:
        file = request.FILES["file"]
        verdict = "same" if digest(file.read()) == found.file else "other"  # type: ignore[union-attr]
    signed_in = getattr(request, "standing", None) is not None and standing(request).post is not None
    title = found.title if found is not None and (signed_in or found.level <= TITLE_LEVEL) else ""
    page = {
        "asked": code,
        "paper": found,
        "title": title,
        "verdict": verdict,
        "who": found.unit if found else "",
        "person": found.person if found and signed_in else "",
    }
    return render(request, "reporting/verify.html", page, status=200 if found else 404)
