"""Addresses of policies and entitlements. They say what they show and stay the same."""

from django.urls import path

from yunxing.desk.support import policy_views as views

app_name = "support"
urlpatterns = [
    path("policies/", views.library, name="policies"),
    path("policies/changes/", views.changes, name="changes"),
    path("policies/changes/<int:pk>/", views.change, name="change"),
    path("policies/changes/<int:pk>/act/", views.change_act, name="change_act"),
    path("policies/<slug:name>/", views.rule, name="policy"),
    path("policies/<slug:name>/what-if/", views.what_if, name="what_if"),
    path("entitlements/", views.mine, name="mine"),
    path("entitlements/<slug:policy>/<str:row>/", views.mine_one, name="mine_one"),
    path("enterprises/<str:party>/entitlements/", views.of_enterprise, name="of_enterprise"),
    path("enterprises/<str:party>/entitlements/<slug:policy>/<str:row>/", views.of_enterprise_one, name="of_enterprise_one"),
]
