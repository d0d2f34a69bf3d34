"""Pages of the account: sign in, sign out."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView


class SignIn(LoginView):
    """Local sign-in."""

    template_name = "people/login.html"
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """Sign out (by POST only)."""
