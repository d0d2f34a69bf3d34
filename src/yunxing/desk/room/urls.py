"""Addresses of the room. They say what they show and stay the same."""

from django.urls import path

from yunxing.desk.room import issue_views, learning_views, signal_views, views

app_name = "room"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("signals/", signal_views.signals, name="signals"),
    path("signals/learning/", learning_views.learning, name="learning"),
    path("signals/budget/", learning_views.budget, name="budget"),
    path("signals/budget/set/", learning_views.set_budget, name="set_budget"),
    path("signals/<str:month>/<str:name>/mark/", learning_views.mark, name="mark"),
    path("signals/<str:month>/<path:name>/", signal_views.signal, name="signal"),
    path("indicators/", views.indicators, name="indicators"),
    path("indicators/<str:name>/", views.indicator, name="indicator"),
    path("measures/", views.measures, name="measures"),
    path("measures/<int:number>/", views.measure, name="measure"),
    path("targets/", views.targets, name="targets"),
    path("figures/<str:month>/", views.figure, name="figure"),
    path("bulletins/", views.bulletins, name="bulletins"),
    path("bulletins/new/", issue_views.start, name="issue_start"),
    path("bulletins/doc/<str:name>/", issue_views.issue, name="issue"),
    path("bulletins/doc/<str:name>/act/", issue_views.act, name="issue_act"),
    path("bulletins/doc/<str:name>/section/<str:part>/", issue_views.section, name="issue_section"),
    path("bulletins/doc/<str:name>/file.<str:kind>", issue_views.issue_file, name="issue_file"),
    path("bulletins/<str:month>/", views.bulletin, name="bulletin"),
    path("bulletins/<str:month>/file.<str:kind>", views.bulletin_file, name="bulletin_file"),
    path("style/", views.style, name="style"),
]
