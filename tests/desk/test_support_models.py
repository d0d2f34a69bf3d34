"""The ledger's tables as the desk sees them: read-only, with the store's own guards."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models

from yunxing.desk.scoping import acting_as_system
from yunxing.desk.support.models import Account, Book, Transfer, WrittenElsewhere
from yunxing.io.store import postings

pytestmark = pytest.mark.django_db


def test_the_orm_refuses_to_write_a_ledger_row() -> None:
    with pytest.raises(WrittenElsewhere, match="post"):
        Book(id="b", place="p", name="n").save()
    with pytest.raises(WrittenElsewhere, match="never deleted"):
        Transfer(seq=1).delete()


def test_what_the_store_opened_is_read_through_the_orm() -> None:
    postings.open_book(connection, "b", place="p", name="账簿")
    postings.open_unit(connection, "fen", asset="CNY", scale=100)
    postings.open_account(connection, "a", owner="o", book="b", unit="fen", kind="pool", floor=-5)
    with acting_as_system("test"):
        account = Account.objects.select_related("book").get(pk="a")
        assert (account.book.name, account.floor, account.posted) == ("账簿", -5, 0)


def test_no_rule_of_the_ledger_rests_on_what_old_databases_lack() -> None:
    """No conditional or expression constraint, no index with a condition, names of at most 30 letters."""
    for model in apps.get_app_config("support").get_models():
        assert len(model._meta.db_table) <= 30
        for constraint in model._meta.constraints:
            assert len(constraint.name) <= 30
            if isinstance(constraint, models.UniqueConstraint):
                assert constraint.condition is None
                assert not constraint.expressions
        assert all(index.condition is None and not index.expressions for index in model._meta.indexes)
        assert all(len(field.column) <= 30 for field in model._meta.concrete_fields)
