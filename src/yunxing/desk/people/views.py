"""Pages of one's own account: sign in, sign out, password, the post acted in, notices."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import LoginView, LogoutView
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from yunxing.desk import clock
from yunxing.desk.people import receipts, services, todo
from yunxing.desk.people.access import ANY_ACCOUNT, any_account, me, open_to_all, standing
from yunxing.desk.people.models import Message, Notice, Role
from yunxing.desk.people.selectors import standing_of


@method_decorator(open_to_all, name="dispatch")
class SignIn(LoginView):
    """Local sign-in."""

    template_name = "people/login.html"
    redirect_authenticated_user = True
    needed_roles = ANY_ACCOUNT

    def get_default_redirect_url(self) -> str:
        """Where the person lands when no page was asked for: a county on its reports (screens §2), everyone else on the root."""
        found = standing_of(me(self.request), timezone.localdate())
        return reverse("reporting:reports") if found.role == Role.COUNTY else super().get_default_redirect_url()


class SignOut(LogoutView):
    """Sign out (by POST only)."""

    needed_roles = ANY_ACCOUNT


@open_to_all
@require_http_methods(["GET"])
def alive(request: HttpRequest) -> JsonResponse:
    """Who is signed in, for a page whose session is about to end, and the token its forms need; asking moves the end forward as every request does."""
    who = me(request).username if request.user.is_authenticated else ""
    answer = JsonResponse({"who": who, "token": get_token(request)})
    answer["Cache-Control"] = "no-store"
    return answer


@any_account
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; the first one must be changed before anything else."""
    form: Any = SetPasswordForm(cast("Any", me(request)), request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.change_password(user=me(request), password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, me(request))
        return redirect("people:mine")
    return render(request, "people/password.html", {"form": form, "first": me(request).must_change_password})


@any_account
@require_http_methods(["GET"])
def mine(request: HttpRequest) -> HttpResponse:
    """One's own account: name, posts in force, the one acted in."""
    return render(request, "people/mine.html", {"standing": standing(request), "masked": masked(me(request).mobile)})


def masked(number: str) -> str:
    """A number as it may be shown: the first three and the last four digits."""
    return f"{number[:3]}****{number[-4:]}" if len(number) > 7 else ""


@any_account
@require_POST
def choose_post(request: HttpRequest) -> HttpResponse:
    """Act in another of one's posts from now on; a post that is not one's own does not exist."""
    chosen = request.POST.get("post", "")
    post = next((one for one in standing(request).posts if str(one.pk) == chosen), None)
    if post is None:
        raise Http404
    request.session["post"] = post.pk
    return redirect("people:mine")


@require_http_methods(["GET"])
def todo_list(request: HttpRequest) -> HttpResponse:
    """Everything one owes, by deadline."""
    return render(request, "people/todo.html", {"todos": todo.todos(standing(request), clock.now())})


@any_account
@require_http_methods(["GET"])
def notices(request: HttpRequest) -> HttpResponse:
    """One's in-site messages, newest first."""
    found: models.QuerySet[Notice] = Notice.objects.all()[:100]
    return render(request, "people/notices.html", {"notices": found})


@any_account
@require_POST
def read_notice(request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG001  # the framework passes it
    """Mark a notice as read; another person's does not exist."""
    notice: Notice = get_object_or_404(Notice.objects.all(), pk=pk)
    receipts.read(notice.message, at=timezone.now())
    return redirect("people:notices")


@any_account
@require_http_methods(["GET"])
def go(request: HttpRequest, pk: int) -> HttpResponse:
    """What a message leads to: its page, and the message is read. It is the link that outside messages carry; another person's does not exist."""
    message = get_object_or_404(Message.objects.filter(recipient=me(request)), pk=pk)
    receipts.read(message, at=timezone.now())
    link = str(message.parameters.get("link", ""))
    inside = url_has_allowed_host_and_scheme(link, allowed_hosts=None) and link.startswith("/")
    return redirect(link if inside else "people:notices")


@any_account
@require_POST
def mobile(request: HttpRequest) -> HttpResponse:
    """One's own number for text messages; an empty one ends them."""
    services.set_mobile(user=me(request), number=request.POST.get("mobile", ""))
    return redirect("people:mine")
