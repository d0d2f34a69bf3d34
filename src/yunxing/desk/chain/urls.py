"""Addresses of the chains: all of them, one with its map and lists, what happens if a firm stops."""

from django.urls import path

from yunxing.desk.chain import views

app_name = "chain"
urlpatterns = [
    path("", views.chains, name="chains"),
    path("<slug:key>/", views.chain, name="chain"),
    path("<slug:key>/case/", views.case, name="case"),
    path("<slug:key>/paper.<slug:form>", views.paper, name="paper"),
    path("<slug:key>/stop/", views.ask, name="ask"),
    path("<slug:key>/stop/<str:firm>/", views.stop, name="stop"),
]
