"""Addresses of the library of documents and of the search over everything."""

from django.urls import path

from yunxing.desk.library import views

app_name = "library"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("library/", views.documents, name="documents"),
    path("library/add/", views.add, name="add"),
    path("library/compare/", views.compare, name="compare"),
    path("library/effects/<int:pk>/take-back/", views.take_back, name="take_back"),
    path("library/<str:code>/", views.document, name="document"),
    path("library/<str:code>/check/", views.check, name="check"),
    path("library/<str:code>/effect/", views.effect, name="effect"),
    path("library/<str:code>/pack.zip", views.pack, name="pack"),
]
