"""Every address of the desk. Each storey of the menu owns its part."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("yunxing.desk.people.urls")),
]
