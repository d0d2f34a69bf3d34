"""Signing in and out, one's own account, administration."""

from django.urls import path

from yunxing.desk.people import admin_views, views

app_name = "people"
urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("account/", views.mine, name="mine"),
    path("account/alive/", views.alive, name="alive"),
    path("account/password/", views.password, name="password"),
    path("account/post/", views.choose_post, name="choose_post"),
    path("notices/", views.notices, name="notices"),
    path("todo/", views.todo_list, name="todo"),
    path("account/mobile/", views.mobile, name="mobile"),
    path("go/<int:pk>/", views.go, name="go"),
    path("notices/<int:pk>/read/", views.read_notice, name="read_notice"),
    path("admin/", admin_views.home, name="admin"),
    path("admin/accounts/", admin_views.accounts, name="accounts"),
    path("admin/accounts/<int:pk>/password/", admin_views.reset_password, name="reset_password"),
    path("admin/grants/", admin_views.grants, name="grants"),
    path("admin/grants/<int:pk>/withdraw/", admin_views.withdraw, name="withdraw"),
    path("admin/leave/", admin_views.leave, name="leave"),
    path("admin/leave/<int:pk>/", admin_views.holdings, name="holdings"),
    path("admin/journal/about/", admin_views.about, name="about"),
    path("admin/journal/", admin_views.journal_page, name="journal"),
    path("admin/journal/export/", admin_views.journal_export, name="journal_export"),
]
