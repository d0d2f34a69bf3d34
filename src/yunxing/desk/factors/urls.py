"""Addresses of factors (要素): pools, accounts, acts with four eyes, obligations, auctions."""

from django.urls import path

from yunxing.desk.factors import auction_views, views

app_name = "factors"
urlpatterns = [
    path("ledgers/", views.home, name="home"),
    path("ledgers/pools/<slug:name>/", views.pool, name="pool"),
    path("ledgers/accounts/<path:name>/", views.account, name="account"),
    path("ledgers/acts/<slug:name>/", views.act, name="act"),
    path("ledgers/proposals/", views.proposals_page, name="proposals"),
    path("ledgers/proposals/<int:pk>/", views.proposal, name="proposal"),
    path("ledgers/proposals/<int:pk>/decide/", views.decide, name="decide"),
    path("ledgers/obligations/", views.obligations, name="obligations"),
    path("ledgers/assessments/<slug:name>/", views.assessment, name="assessment"),
    path("ledgers/sources/", views.sources, name="sources"),
    path("ledgers/auctions/", auction_views.auctions, name="auctions"),
    path("ledgers/auctions/<slug:pool>/new/", auction_views.new, name="new_auction"),
    path("ledgers/auctions/<slug:name>/", auction_views.auction, name="auction"),
    path("ledgers/auctions/<slug:name>/bid/", auction_views.bid, name="bid"),
    path("ledgers/auctions/<slug:name>/withdraw/", auction_views.withdraw, name="withdraw_bid"),
    path("ledgers/auctions/<slug:name>/open/", auction_views.open_bids, name="open_bids"),
    path("ledgers/auctions/<slug:name>/<str:file>.csv", auction_views.file, name="auction_file"),
]
