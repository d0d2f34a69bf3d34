"""Addresses of the import wizard."""

from django.urls import path

from yunxing.desk.reporting import intake_views as views

app_name = "intake"
urlpatterns = [
    path("", views.imports, name="imports"),
    path("templates/<str:form>/<str:month>/<str:unit>.xlsx", views.template, name="template"),
    path("<str:pk>/", views.one_import, name="one"),
    path("<str:pk>/confirm/", views.confirm, name="confirm"),
    path("<str:pk>/undo/", views.undo, name="undo"),
    path("<str:pk>/again/", views.again, name="again"),
    path("<str:pk>/annotated/<int:number>/", views.annotated, name="annotated"),
    path("<str:pk>/annotated.zip", views.annotated_zip, name="annotated_zip"),
]
