"""Addresses of dispatch: boards, items, activities, papers, the command, emergency mode."""

from django.urls import path

from yunxing.desk.dispatch import command_views, emergency_views, plan_views, views

app_name = "dispatch"
urlpatterns = [
    path("pipelines/", views.pipelines, name="pipelines"),
    path("pipelines/<slug:name>/", views.board, name="board"),
    path("pipelines/<slug:name>/plan-days/", plan_views.plan_days, name="plan_days"),
    path("activities/", views.activities, name="activities"),
    path("activities/<slug:name>/", views.activity, name="activity"),
    path("documents-promised/", views.papers, name="papers"),
    path("walked/<slug:kind>/<slug:name>/new/", views.new, name="new"),
    path("walked/<slug:kind>/<slug:name>/bulk/", views.bulk, name="bulk"),
    path("items/<str:case>/", views.item, name="item"),
    path("items/<str:case>/step/", views.step, name="step"),
    path("items/<str:case>/leads/", views.lead, name="lead"),
    path("pipelines/labour_tier/propose/", views.propose_tiers, name="propose_tiers"),
    path("items/<str:case>/plan/", views.plan, name="plan"),
    path("items/<str:case>/papers/<int:pk>/", views.paper, name="paper"),
    path("command/", command_views.home, name="command"),
    path("command/progress/<int:number>/", command_views.progress, name="progress"),
    path("command/slips/", command_views.slip, name="slip"),
    path("command/talks/", command_views.talks, name="talks"),
    path("command/talks/decide/", command_views.decide, name="decide"),
    path("command/meetings/", command_views.meetings, name="meetings"),
    path("command/meetings/<str:name>/", command_views.meeting, name="meeting"),
    path("command/liaison/", command_views.liaison, name="liaison"),
    path("emergency/", emergency_views.home, name="emergency"),
    path("emergency/declare/", emergency_views.declare, name="declare"),
    path("emergency/<str:mode>/", emergency_views.mode, name="mode"),
    path("emergency/<str:mode>/end/", emergency_views.end, name="end"),
    path("emergency/<str:mode>/firms/", emergency_views.firms, name="firms"),
    path("emergency/<str:mode>/passes/new/", emergency_views.new_pass, name="new_pass"),
    path("passes/verify/", emergency_views.verify, name="verify_pass"),
    path("passes/<str:number>/", emergency_views.vehicle_pass, name="pass"),
    path("passes/<str:number>/issue/", emergency_views.issue, name="issue_pass"),
    path("passes/<str:number>/code.svg", emergency_views.code, name="pass_code"),
]
