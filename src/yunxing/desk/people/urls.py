"""Signing in and out, one's own account, administration."""

from django.urls import path

from yunxing.desk.people import views

app_name = "people"
urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
]
