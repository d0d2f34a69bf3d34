"""Addresses that verify a printed paper."""

from django.urls import path

from yunxing.desk.reporting import verify_views as views

app_name = "verify"
urlpatterns = [
    path("", views.look, name="look"),
    path("<str:code>/", views.paper, name="paper"),
]
