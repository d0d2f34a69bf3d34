"""Addresses of the registry. They say what they show and stay the same."""

from django.urls import path

from yunxing.desk.room import duplicate_views, member_views
from yunxing.desk.room import register_views as views

app_name = "registers"
urlpatterns = [
    path("registers/", views.lists, name="lists"),
    path("registers/duplicates/", duplicate_views.duplicates, name="duplicates"),
    path("registers/duplicates/look/", duplicate_views.duplicate_look, name="duplicate_look"),
    path("registers/duplicates/merge/", duplicate_views.duplicate_merge, name="duplicate_merge"),
    path("registers/duplicates/undo/", duplicate_views.duplicate_undo, name="duplicate_undo"),
    path("registers/<str:roster>/", views.list_, name="list"),
    path("registers/<str:roster>/file.xlsx", views.list_file, name="list_file"),
    path("registers/<str:roster>/look/", views.list_look, name="list_look"),
    path("registers/<str:roster>/confirm/", views.list_confirm, name="list_confirm"),
    path("registers/<str:roster>/members/<str:party>/", member_views.member, name="list_member"),
    path("registers/<str:roster>/undo/", views.list_undo, name="list_undo"),
    path("projects/", views.projects, name="projects"),
    path("projects/<str:party>/", views.project, name="project"),
    path("enterprises/", views.enterprises, name="enterprises"),
    path("enterprises/<str:party>/", views.enterprise, name="enterprise"),
    path("enterprises/<str:party>/plan-sheet.docx", views.plan_sheet_file, name="plan_sheet"),
]
