"""Addresses of matching: kinds, rounds, pairs, an enterprise's own page, the watch over credit."""

from django.urls import path

from yunxing.desk.matching import views

app_name = "matching"
urlpatterns = [
    path("", views.home, name="home"),
    path("mine/", views.mine, name="mine"),
    path("mine/new/<slug:kind>/", views.post_own, name="post_own"),
    path("mine/<int:pk>/", views.act_on_posting, name="act_on_posting"),
    path("credit/", views.credit_page, name="credit"),
    path("credit/open/", views.open_credit, name="open_credit"),
    path("kinds/<slug:kind>/", views.kind, name="kind"),
    path("kinds/<slug:kind>/act/", views.act_on_kind, name="act_on_kind"),
    path("rounds/<str:name>/", views.round_, name="round"),
    path("rounds/<str:name>/act/", views.act_on_round, name="act_on_round"),
    path("pairs/<int:pk>/", views.pair, name="pair"),
    path("pairs/<int:pk>/record/", views.record, name="record"),
]
