"""Addresses of reporting: `/report` for those who report, `/reports` for those who review."""

from django.urls import path

from yunxing.desk.reporting import report_views, review_views

app_name = "reporting"
urlpatterns = [
    path("report/", report_views.home, name="mine"),
    path("report/<int:pk>/", report_views.fill, name="fill"),
    path("report/<int:pk>/cells/", report_views.save, name="save"),
    path("report/<int:pk>/send/", report_views.send, name="send"),
    path("report/<int:pk>/receipt/", report_views.receipt, name="receipt"),
    path("report/<int:pk>/ask-return/", report_views.ask_return, name="ask_return"),
    path("report/<int:pk>/correct/", report_views.correct, name="correct"),
    path("reports/", review_views.reports, name="reports"),
    path("reports/open/", review_views.open_month, name="open"),
    path("reports/urge/", review_views.urge, name="urge"),
    path("reports/queue/", review_views.queue, name="queue"),
    path("reports/accept/", review_views.accept_many, name="accept_many"),
    path("reports/close/", review_views.close, name="close"),
    path("reports/completeness/", review_views.completeness, name="completeness"),
    path("reports/calendar/", review_views.calendar, name="calendar"),
    path("reports/authorities/", review_views.authorities, name="authorities"),
    path("reports/authorities/<int:pk>/withdraw/", review_views.withdraw, name="withdraw_authority"),
    path("reports/<int:pk>/", review_views.review, name="review"),
    path("reports/<int:pk>/accept/", review_views.accept, name="accept"),
    path("reports/<int:pk>/return/", review_views.send_back, name="send_back"),
]
