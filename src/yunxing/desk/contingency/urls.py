"""Addresses of contingency: scenarios, their plans and sheets, alerts and orders."""

from django.urls import path

from yunxing.desk.contingency import views

app_name = "contingency"
urlpatterns = [
    path("", views.scenarios, name="scenarios"),
    path("new/<slug:kind>/", views.new, name="new"),
    path("alerts/<str:name>/", views.alert, name="alert"),
    path("alerts/<str:name>/act/", views.act_on_alert, name="act_on_alert"),
    path("alerts/<str:name>/orders/<str:party>/", views.act_on_order, name="act_on_order"),
    path("<str:name>/", views.scenario, name="scenario"),
    path("<str:name>/act/", views.act, name="act"),
    path("<str:name>/sheets/<str:party>.<slug:form>", views.sheet, name="sheet"),
]
