"""Addresses of ad hoc requests."""

from django.urls import path

from yunxing.desk.reporting import adhoc_answer_views
from yunxing.desk.reporting import adhoc_views as views

app_name = "adhoc"
urlpatterns = [
    path("", views.requests, name="requests"),
    path("new/", views.new, name="new"),
    path("<str:pk>/", views.one_request, name="one"),
    path("<str:pk>/answer/", adhoc_answer_views.answer, name="answer"),
    path("<str:pk>/urge/", views.urge, name="urge"),
    path("<str:pk>/return/<int:gap>/", views.give_back, name="give_back"),
    path("<str:pk>/close/", views.close, name="close"),
    path("<str:pk>/layout/", views.layout, name="layout"),
    path("<str:pk>/layout/filled.xlsx", views.filled, name="filled"),
]
