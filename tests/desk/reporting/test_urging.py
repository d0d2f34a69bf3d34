"""催报: one message a day to each party that owes, on working days, with no figure and no name in it; and how far each message came."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from desk.reporting_cast import AT, FORM, MONTH, TODAY, A, B, C, stand_on
from yunxing.desk.people import outbox
from yunxing.desk.people.models import JournalEntry, Message, Notice, Post, Role, Unit, User
from yunxing.desk.reporting import matrix, urging
from yunxing.desk.reporting.report_models import Report, Urging
from yunxing.desk.scoping import acting_as_system
from yunxing.values.errors import Refusal


def plan(month, today=TODAY, **chosen):
    wanted = {"unit": "371681"} | ({} if "form__in" in chosen else {"form": FORM}) | chosen
    return urging.plan_of(Report.objects.filter(**wanted), today)


def urge(month, member="county_a", today=TODAY, **chosen):
    with acting_as_system("test"):
        return urging.urge(plan(month, today, **chosen), month.standing(member), today=today, at=AT)


def account(month, party, name):
    """Another enterprise gets a clerk."""
    unit = Unit.objects.create(code=party, kind="enterprise", name=name, parent=month.cast.units.county_a, is_synthetic=True)
    user = User.objects.create(username=name, name=name, must_change_password=False)
    Post.objects.create(user=user, unit=unit, role=Role.ENTERPRISE, since=date(2020, 1, 1))
    return user


def test_each_party_that_owes_gets_one_message_and_those_without_an_account_are_named(month):
    """A has a clerk and is urged once; B and C have none and are left for the telephone; who has sent is left alone."""
    with acting_as_system("test"):
        found = plan(month)
        assert (found.count, [one.party for one in found.without_account]) == (1, sorted([B, C]))
    assert urge(month) == 1
    assert urge(month) == 0

    message = Message.objects.get()
    assert message.recipient == month.cast.people.enterprise
    assert message.sender == month.cast.people.county_a
    assert message.parameters["title"] == "2022年10月《规模以上工业企业运行月报》"
    assert A not in message.parameters["title"]
    assert message.parameters["link"] == f"/report/{month.report().pk}/"
    assert JournalEntry.objects.filter(act="urge").count() == 1


def test_at_most_once_a_day_whoever_urges_and_again_the_next_working_day(month):
    """The command after the county the same day reaches nobody twice; on Monday it may be urged again."""
    assert urge(month) == 1
    assert urge(month, "command") == 0
    assert urge(month, today=TODAY + timedelta(days=3)) == 1
    with acting_as_system("test"):
        assert Urging.objects.count() == 2
        assert matrix.urged_words([A], MONTH)[A] == "已催报 2 次 · 待发送"


def test_two_who_urge_at_once_reach_nobody_twice(month):
    """Both have the same plan on the screen; the row of the day is unique, so the second sends nothing."""
    with acting_as_system("test"):
        seen = plan(month)
        assert urging.urge(seen, month.standing("county_a"), today=TODAY, at=AT) == 1
        assert urging.urge(seen, month.standing("command"), today=TODAY, at=AT) == 0
    assert Message.objects.count() == 1


@pytest.mark.parametrize("day", [date(2022, 11, 5), date(2022, 11, 6), date(2022, 10, 3)])
def test_nobody_is_urged_on_a_day_off(month, day):
    """Saturday, Sunday, National Day: refused with the next working day; a made-up Saturday is a working day."""
    with pytest.raises(Refusal, match="下一个工作日"):
        urge(month, today=day)
    assert Message.objects.count() == 0
    assert urge(month, today=date(2022, 10, 8)) == 1


def test_only_reviewers_urge(month):
    with pytest.raises(Refusal, match="只有审核人员"):
        urge(month, "enterprise")


def test_a_county_is_urged_for_its_own_forms_as_one(month):
    """Projects and sites of a unit are the county's to report: one message to its officers, naming the forms."""
    with acting_as_system("test"):
        found = plan(month, form="project_month")
        assert list(found.to_urge) == ["unit:371681"]
    assert urge(month, "command", form__in=["project_month", "coal_day"]) == 1
    message = Message.objects.get()
    assert message.recipient == month.cast.people.county_a
    assert "《重点工业项目进展月报》" in message.parameters["title"]
    assert "《电煤进耗存日报》" in message.parameters["title"]


def test_the_state_of_a_message_goes_from_waiting_to_read(month):
    """Waiting, delivered, read, failed: the matrix says how far the last one came."""
    urge(month)

    def state():
        with acting_as_system("test"):
            return matrix.urged_words([A], MONTH)[A]

    assert state() == "已催报 1 次 · 待发送"
    outbox.deliver()
    assert state() == "已催报 1 次 · 已送达"
    with acting_as_system("test"):
        Notice.objects.update(read_at=AT)
    assert state() == "已催报 1 次 · 已读"


def test_a_failed_message_is_said_to_have_failed_unless_another_one_came(month):
    """The best of a party's messages counts: one clerk's failed, the other's was delivered."""
    second = User.objects.create(username="second", name="第二人", must_change_password=False)
    Post.objects.create(user=second, unit=Unit.objects.get(code=A), role=Role.ENTERPRISE, since=date(2020, 1, 1))
    urge(month)
    assert Message.objects.count() == 2
    Message.objects.update(state=Message.State.FAILED)
    with acting_as_system("test"):
        assert matrix.urged_words([A], MONTH)[A] == "已催报 1 次 · 发送失败"
        Message.objects.filter(recipient=second).update(state=Message.State.SENT)
        assert matrix.urged_words([A], MONTH)[A] == "已催报 1 次 · 已发送"


def test_two_clicks_and_the_template_and_the_count_are_shown_first(month):
    """The page before sending shows what will be said, to how many, and who is left out; on a day off it has no button."""
    account(month, B, "乙厂会计")
    client = month.client("county_a")
    page = client.get(f"/reports/urge/?m={MONTH}").content.decode()
    assert "将给 2 家各发一条" in page
    assert "请报送：2022年10月" in page
    assert "1 家还没有账户" in page

    done = client.post("/reports/urge/", {"m": MONTH, "subject": "enterprise"}, follow=True).content.decode()
    assert "已催报 2 家" in done
    assert Message.objects.count() == 2
    stand_on(month.home, date(2022, 11, 5))
    page = client.get(f"/reports/urge/?m={MONTH}").content.decode()
    assert "今天不是工作日" in page
    assert "发送" not in page.split("<h2>")[1].split("</section>")[0].replace("今天不是工作日，不发催报", "")


def test_a_county_urges_its_own_only(month):
    """Another county's enterprises are neither counted nor reached."""
    page = month.client("county_b").get(f"/reports/urge/?m={MONTH}").content.decode()
    assert "将给 0 家" in page
    month.client("county_b").post("/reports/urge/", {"m": MONTH, "subject": "enterprise"})
    assert Message.objects.count() == 0
