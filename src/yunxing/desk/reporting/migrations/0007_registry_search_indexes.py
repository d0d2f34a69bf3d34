"""One index in which a search of the registry looks, one in which the members of a day are found; and homes older than the history learn short names."""

from django.db import migrations, models


def search_short_names(apps, schema_editor):
    """0002 made the searched words of parties it found from their names alone; the store makes them from short names too."""
    from yunxing.engines.registry.naming import folded, initials

    parties = apps.get_model("reporting", "Party")._base_manager
    mended = []
    for one in parties.exclude(short_name="").only("id", "name", "short_name", "folded", "initials").iterator(chunk_size=2000):
        name, short = folded(one.name), folded(one.short_name)
        words = (name if short in name else f"{name}\n{short}")[:200], initials(one.short_name or one.name)
        if (one.folded, one.initials) != words:
            one.folded, one.initials = words
            mended.append(one)
    parties.bulk_update(mended, ["folded", "initials"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('reporting', '0006_papers'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='party',
            name='reporting_party_by_name',
        ),
        migrations.AddIndex(
            model_name='party',
            index=models.Index(fields=['kind', 'name', 'id', 'unit', 'folded', 'initials'], name='reporting_party_search'),
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(fields=['roster', 'party', 'valid_from', 'valid_to'], name='reporting_membership_day'),
        ),
        migrations.RunPython(search_short_names, migrations.RunPython.noop),
    ]
