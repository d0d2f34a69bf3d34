"""Whoever looked at enterprise-level data or took a file away is in the journal."""

from __future__ import annotations

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from yunxing.desk.people.access import needs, roles_for
from yunxing.desk.people.acting import Actor, acting_for
from yunxing.desk.people.models import JournalEntry, Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.room import signal_views, views

pytestmark = pytest.mark.django_db
REQUEST = RequestFactory().get("/figures/2022-09/?id=x")


@recorded("view", "figure")
def shown(_request, status=200):
    if status == 404:
        raise Http404
    return HttpResponse("x", status=status)


def test_a_view_is_recorded_with_person_and_address():
    with acting_for(Actor(person="clerk")):
        shown(REQUEST)
    entry = JournalEntry.objects.get()

    assert (entry.person, entry.act, entry.object_kind, entry.object_id) == ("clerk", "view", "figure", "/figures/2022-09/?id=x")


@pytest.mark.parametrize("status", [302, 403, 404])
def test_what_was_not_shown_is_not_recorded(status):
    try:
        shown(REQUEST, status)
    except Http404:
        assert status == 404

    assert not JournalEntry.objects.exists()


def test_the_mark_of_the_roles_survives():
    """The decorators may stand in either order."""

    @recorded("view", "x")
    @needs(Role.COMMAND)
    def view(_request):
        return HttpResponse()

    assert roles_for(view) == {"command"}


@pytest.mark.parametrize("view", [signal_views.signal, views.figure, views.bulletin_file], ids=lambda view: view.__name__)
def test_the_rooms_pages_with_single_enterprises_are_recorded(view):
    """A signal's page names the enterprises behind it, a figure's page its reporters; the file is taken away."""
    source = set()
    while view is not None:
        source.add(view.__code__.co_filename.rsplit("/", 1)[-1])
        view = getattr(view, "__wrapped__", None)

    assert "recording.py" in source
