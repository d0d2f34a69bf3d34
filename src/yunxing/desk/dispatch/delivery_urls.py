"""Addresses of delivery: rounds for officers, the public notice, the enterprise's offers."""

from django.urls import path

from yunxing.desk.dispatch import delivery_views as views

app_name = "delivery"
urlpatterns = [
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/open/", views.open_round, name="open"),
    path("rounds/<str:number>/", views.one_round, name="round"),
    path("rounds/<str:number>/step/<slug:act>/", views.step, name="step"),
    path("rounds/<str:number>/papers/<str:name>", views.paper, name="paper"),
    path("rounds/offers/<str:number>/judge/", views.judge, name="judge"),
    path("support-notices/<str:number>/", views.notice, name="notice"),
    path("support-notices/<str:number>/notice.docx", views.notice_file, name="notice_file"),
    path("my-support/", views.offers, name="offers"),
    path("my-support/<str:number>/", views.offer, name="offer"),
]
