"""The language of the pages: Simplified Chinese until a person chooses English; what a browser was set up with is no choice."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase


class ChosenLanguage:
    """Takes the browser's own list of languages away before Django looks at it; the cookie of the language switch stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve the request in the chosen language."""
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        return self.get_response(request)
