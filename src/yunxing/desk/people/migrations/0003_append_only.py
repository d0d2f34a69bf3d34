"""The journal's table takes inserts only: the database itself refuses UPDATE and DELETE."""

from django.db import migrations

from yunxing.io.store.append_only import guard, means_for, release


def _run(statements, schema_editor):
    means = means_for(schema_editor.connection.vendor, schema_editor.connection.settings_dict["ENGINE"])
    for statement in statements("people_journalentry", means):
        schema_editor.execute(statement, params=None)


def close(apps, schema_editor):
    _run(guard, schema_editor)


def open_again(apps, schema_editor):
    _run(release, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("people", "0002_journal_outbox")]
    operations = [migrations.RunPython(close, open_again)]
