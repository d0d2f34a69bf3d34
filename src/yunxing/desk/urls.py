"""Every address of the desk. Each storey of the menu owns its part."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from yunxing.desk.people.access import open_to_all
from yunxing.desk.support.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("yunxing.desk.people.urls")),
    path("", include("yunxing.desk.casework.urls")),
    path("", include("yunxing.desk.reporting.urls")),
    path("", include("yunxing.desk.room.urls")),
    path("", include("yunxing.desk.dispatch.urls")),
    path("", include("yunxing.desk.dispatch.delivery_urls")),
    path("", include("yunxing.desk.factors.urls")),
    path("", include("yunxing.desk.support.policy_urls")),
    path("", include("yunxing.desk.library.urls")),
    path("api/v1/", api.urls),
    path("scenarios/", include("yunxing.desk.contingency.urls")),
    path("chain/", include("yunxing.desk.chain.urls")),
    path("matching/", include("yunxing.desk.matching.urls")),
    path("requests/", include("yunxing.desk.reporting.adhoc_urls")),
    path("", include("yunxing.desk.room.register_urls")),
    path("verify/", include("yunxing.desk.reporting.verify_urls")),
    path("imports/", include("yunxing.desk.reporting.intake_urls")),
    path("i18n/setlang/", open_to_all(set_language), name="set_language"),
]
