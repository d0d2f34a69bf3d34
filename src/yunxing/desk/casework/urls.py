"""Addresses of cases. They say what they show; all filters stand in the query string."""

from django.urls import path

from yunxing.desk.casework import enterprise_views, views

app_name = "casework"
urlpatterns = [
    path("cases/", views.cases, name="cases"),
    path("cases/new/", views.new, name="new"),
    path("cases/propose/", views.propose, name="propose"),
    path("cases/bulk/", views.bulk, name="bulk"),
    path("cases/views/", views.save_view, name="save_view"),
    path("cases/figures/", views.figures, name="figures"),
    path("cases/escalated/", views.escalated, name="escalated"),
    path("cases/loop/", views.loop, name="loop"),
    path("cases/<str:name>/", views.case, name="case"),
    path("cases/<str:name>/step/<str:edge>/", views.step, name="step"),
    path("cases/<str:name>/say/", views.say, name="say"),
    path("cases/<str:name>/urge/", views.urge, name="urge"),
    path("cases/<str:name>/files/<int:pk>/", views.paper, name="paper"),
    path("my-cases/", enterprise_views.my_cases, name="my_cases"),
    path("my-cases/new/", enterprise_views.my_new, name="my_new"),
    path("my-cases/<str:name>/", enterprise_views.my_case, name="my_case"),
    path("my-cases/<str:name>/step/<str:edge>/", enterprise_views.my_step, name="my_step"),
    path("my-cases/<str:name>/say/", enterprise_views.my_say, name="my_say"),
]
