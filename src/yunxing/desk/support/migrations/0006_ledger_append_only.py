"""Transfers, postings, resolutions, seals, loans and repayments take inserts only: the database itself refuses UPDATE and DELETE."""

from django.db import migrations

from yunxing.io.store.append_only import guard, means_for, release

GUARDED = {
    "support_transfer": "key", "support_posting": "layer", "support_resolution": "how", "support_seal": "root", "support_obligation": "pledge",
    "support_repayment": "obligation_id",
}


def close(apps, schema_editor):
    means = means_for(schema_editor.connection.vendor, schema_editor.connection.settings_dict["ENGINE"])
    for table, column in GUARDED.items():
        for statement in guard(table, means, column):
            schema_editor.execute(statement, params=None)


def open_again(apps, schema_editor):
    means = means_for(schema_editor.connection.vendor, schema_editor.connection.settings_dict["ENGINE"])
    for table in GUARDED:
        for statement in release(table, means):
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("support", "0005_delivery_rounds"), ("casework", "0004_append_only")]
    operations = [migrations.RunPython(close, open_again)]
