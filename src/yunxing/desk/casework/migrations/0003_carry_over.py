"""Cases that were proposed before clocks and seals: brought to the new shape. And the one row that the chain of seals begins from."""

import datetime
import json

from django.db import migrations


def carry_over(apps, schema_editor):
    """Cases proposed before this migration: their first event comes to hold the whole row, as every first event does now."""
    Case, Event, Clock = (apps.get_model("casework", name) for name in ("Case", "Event", "Clock"))
    never = datetime.datetime(9999, 12, 31, tzinfo=datetime.timezone.utc)
    Clock.objects.all().delete()
    for case in Case.objects.all():
        events = list(Event.objects.filter(case_id=case.id).order_by("ver"))
        first = events[0].recorded
        case.lead, case.opened, case.changed, case.due = case.owner, first, first, never
        case.save()
        row = {name: getattr(case, name) for name in "id definition version subject owner lead handler unit party origin opened_by title words grade outcome".split()}
        instant = first.astimezone(datetime.timezone.utc).isoformat(timespec="microseconds")
        row |= {"state": events[0].to_state, "ver": 0, "opened": instant, "changed": instant, "ended": None, "clocks": {}, "parts": {}}
        row |= {"candidates": [], "declined": [], "data": {}, "walked": {}}
        for event in events:
            event.effective = event.recorded
            event.change = json.dumps(row if event.ver == 0 else {"ver": event.ver, "state": event.to_state}, ensure_ascii=False, sort_keys=True)
            event.save()


def head(apps, schema_editor):
    apps.get_model("casework", "SealHead").objects.get_or_create(id=1)


class Migration(migrations.Migration):
    dependencies = [("casework", "0002_clocks_and_seals")]
    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop), migrations.RunPython(head, migrations.RunPython.noop)]
