"""A round at the desk, end to end: what each person may do and see, and that money moves once, after a notice, by two people."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from io_invoices import DAY, INVOICE, WAN, digital
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.scoping import acting_as_system
from yunxing.desk.support.delivery_models import CostPaper, Offer, Round
from yunxing.io.documents.read import read_docx
from yunxing.io.fields import FieldCipher
from yunxing.io.store import ledger_check, postings

pytestmark = pytest.mark.django_db(transaction=True)
ACCOUNT = {"account_name": "甲县某企业", "bank": "某银行", "account": "6222 0000 0000 6789", "number": INVOICE}


def opened(stage, *policies: str) -> str:
    response = stage.cast.client("opener").post("/rounds/open/", {"policy": list(policies or ("m08_dcmm",))})
    assert response.status_code == 302
    return str(response["Location"]).rstrip("/").rpartition("/")[2]


def offer_of(firm: str, policy: str = "m08_dcmm") -> Offer:
    with acting_as_system("test"):
        return Offer.objects.select_related("round").get(payee=firm, policy=policy)


def confirm(stage, **change: object):
    mine = offer_of(stage.firms[0])
    return stage.cast.client("enterprise").post(f"/my-support/{mine.number}/", ACCOUNT | change, follow=True)


def act(stage, who: str, number: str, name: str, **more: str):
    return stage.cast.client(who).post(f"/rounds/{number}/step/{name}/", more, follow=True)


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_from_the_proactive_list_to_the_payment_list(stage) -> None:
    number = opened(stage)
    enterprise = stage.cast.client("enterprise")
    home = enterprise.get("/my-support/").content.decode()
    assert "1 项免申即享等您确认" in home
    assert "10万元" in home
    page = enterprise.get(f"/my-support/{offer_of(stage.firms[0]).number}/").content.decode()
    assert "首次申请DCMM二级及以上认证" not in page, "the quote, not the whole sentence"
    assert "申报材料:DCMM证书 · 2022-09-01" in page
    assert "确认领取" in page
    assert "进入公示" in said(confirm(stage))
    assert "公示已开始" in said(act(stage, "opener", number, "announce"))
    assert "公示期未满" in said(act(stage, "second", number, "approve"))
    stage.day["today"] = DAY.replace(day=18)
    assert "须由另一人审批" in said(act(stage, "opener", number, "approve"))
    assert "资金已预留" in said(act(stage, "second", number, "approve"))
    assert postings.balance(connection, "pool/m08_dcmm/2022").reserved == 10 * WAN
    assert "清单已生成" in said(act(stage, "opener", number, "pay"))
    pool = postings.balance(connection, "pool/m08_dcmm/2022")
    assert (pool.posted, pool.reserved) == (140 * WAN, 0)
    assert postings.balance(connection, f"payee/{stage.firms[0]}").posted == 10 * WAN
    assert ledger_check.verify(connection) == []
    book = stage.cast.client("opener").get(f"/rounds/{number}/papers/payment_list.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content) if book.streaming else book.content)).active.values)
    assert rows[-1][6:8] == (100000, 100000)
    assert "not a step" in said(act(stage, "opener", number, "pay")), "paid once"
    assert {"open", "confirm", "announce", "approve", "pay"} <= set(
        JournalEntry.objects.filter(object_kind="support_round").values_list("act", flat=True)
    )


def test_the_account_is_sealed_and_no_page_shows_it(stage) -> None:
    number = opened(stage)
    confirm(stage)
    held = offer_of(stage.firms[0])
    assert held.account_sealed.startswith("aesgcm:")
    assert held.account_tail == "6789"
    cipher = FieldCipher.in_home(stage.home)
    assert cipher.open(held.account_sealed, f"support_offer/{held.number}/account") == "6222000000006789"
    act(stage, "opener", number, "announce")
    for who, address in (
        ("command", f"/rounds/{number}/"),
        ("enterprise", f"/my-support/{held.number}/"),
        ("county_b", f"/support-notices/{number}/"),
    ):
        page = stage.cast.client(who).get(address).content.decode()
        assert "6222000000006789" not in page
        assert "aesgcm" not in page
    notice = stage.cast.client("county_b").get(f"/support-notices/{number}/").content.decode()
    assert "甲县某企业" in notice
    assert "9199**********0A0X" in notice
    assert stage.firms[0] not in notice
    assert "6789" not in notice
    file = stage.cast.client("county_b").get(f"/support-notices/{number}/notice.docx").content
    words = str(read_docx(file))
    assert "甲县某企业" in words
    assert stage.firms[0] not in words
    assert "6789" not in words


def test_one_invoice_stands_behind_one_support_across_policies(stage) -> None:
    """Typed, full-width or as a file: the same paper; a stranger is told no name, the owner is told where."""
    opened(stage)
    stage.cast.client("command").post("/rounds/open/", {"policy": "m20_events"})
    confirm(stage)
    client = stage.cast.client("enterprise")
    again = offer_of(stage.firms[0], "m20_events")
    for given in (
        {"number": "２２３７ 0000 0000 1234 5678"},
        {"number": "", "file": SimpleUploadedFile("a.xml", digital(INVOICE, stage.firms[0]))},
    ):
        page = client.post(f"/my-support/{again.number}/", ACCOUNT | given, follow=True)
        assert "已用于“DCMM贯标评估费用补贴”" in said(page)
        assert offer_of(stage.firms[0], "m20_events").state == "offered"
    services = stage.services
    with pytest.raises(Exception, match="另一项支持") as caught:
        services.confirm(offer_of(stage.firms[1]), services.Account("x", "y", "12345678"), [services.Typed("invoice", INVOICE)], "b")
    assert "DCMM" not in str(caught.value)
    with acting_as_system("test"):
        assert CostPaper.objects.count() == 1
    client.post(f"/my-support/{offer_of(stage.firms[0]).number}/", {"act": "decline"})
    assert "进入公示" in said(client.post(f"/my-support/{again.number}/", ACCOUNT, follow=True)), "a declined support frees its paper"


def test_an_electronic_invoice_confirms_and_a_strangers_invoice_does_not(stage) -> None:
    opened(stage)
    foreign = SimpleUploadedFile("b.xml", digital(INVOICE, stage.firms[1]))
    assert "购买方不是本企业" in said(confirm(stage, number="", file=foreign))
    hostile = SimpleUploadedFile("c.xml", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')
    assert "document type" in said(confirm(stage, number="", file=hostile))
    assert "进入公示" in said(confirm(stage, number="", file=SimpleUploadedFile("a.xml", digital(INVOICE, stage.firms[0]))))
    with acting_as_system("test"):
        paper = CostPaper.objects.get()
    assert (paper.key, paper.fen) == (INVOICE, 30_000_000)
    assert paper.digest.startswith("sha256:")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"account": "12345"}, "8 至 30 位"),
        ({"account": "6222x00000000"}, "8 至 30 位"),
        ({"bank": " "}, "户名和开户行"),
        ({"number": ""}, "发票或合同"),
        ({"number": "123"}, "neither 20 digits"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_written(stage, change, says) -> None:
    opened(stage)
    assert says in said(confirm(stage, **change))
    held = offer_of(stage.firms[0])
    assert (held.state, held.account_sealed) == ("offered", "")


def test_an_objection_stops_the_approval_until_it_is_answered(stage) -> None:
    number = opened(stage)
    confirm(stage)
    act(stage, "opener", number, "announce")
    about = offer_of(stage.firms[0]).number
    assert "请写明" in said(stage.cast.client("county_b").post(f"/support-notices/{number}/", {"offer": about, "words": " "}, follow=True))
    stage.cast.client("county_b").post(f"/support-notices/{number}/", {"offer": about, "words": "证书存疑"})
    stage.day["today"] = DAY.replace(day=18)
    assert "有异议未处理" in said(act(stage, "second", number, "approve"))
    judged = stage.cast.client("second").post(f"/rounds/offers/{about}/judge/", {"act": "strike", "words": "证书已撤销"}, follow=True)
    assert "已记录" in said(judged)
    assert offer_of(stage.firms[0]).state == "struck"
    act(stage, "second", number, "approve")
    assert offer_of(stage.firms[0]).granted_fen is None
    with acting_as_system("test"):
        assert CostPaper.objects.count() == 0, "what was struck out frees its paper"


def test_each_sees_what_is_his(stage) -> None:
    number = opened(stage)
    other = offer_of(stage.firms[1]).number
    assert stage.cast.client("enterprise").get(f"/my-support/{other}/").status_code == 404
    assert stage.cast.client("enterprise").get("/rounds/").status_code == 403
    assert "乙县某企业" not in stage.cast.client("county_a").get(f"/rounds/{number}/").content.decode()
    assert "甲县某企业" in stage.cast.client("county_a").get(f"/rounds/{number}/").content.decode()
    assert "乙县某企业" in stage.cast.client("opener").get(f"/rounds/{number}/").content.decode()
    bureau = stage.cast.client("bureau").get(f"/rounds/{number}/").content.decode()
    assert "甲县某企业" not in bureau
    assert stage.cast.client("county_b").get(f"/support-notices/{number}/").status_code == 404, "no notice before it is announced"
    assert "主办" in said(act(stage, "bureau", number, "announce"))
    assert "主办" in said(stage.cast.client("bureau").post("/rounds/open/", {"policy": "m08_dcmm"}, follow=True))


def test_nobody_is_offered_the_same_twice_and_a_withdrawn_round_is_over(stage) -> None:
    number = opened(stage)
    assert "没有新的" in said(stage.cast.client("opener").post("/rounds/open/", {"policy": "m08_dcmm"}, follow=True))
    assert "请选择" in said(stage.cast.client("command").post("/rounds/open/", {"policy": ["m08_dcmm", "m20_events"]}, follow=True))
    assert "请选择" in said(stage.cast.client("command").post("/rounds/open/", {"policy": ["m09_pilot_support"]}, follow=True))
    assert "无可公示" in said(act(stage, "opener", number, "announce")), "nobody confirmed"
    confirm(stage)
    assert "请写明" in said(act(stage, "opener", number, "withdraw", words=""))
    act(stage, "opener", number, "withdraw", words="政策调整")
    with acting_as_system("test"):
        assert Round.objects.get(pk=number).state == "withdrawn"
        assert CostPaper.objects.count() == 0
    assert "not a step" in said(act(stage, "opener", number, "announce"))
    assert "不再接受确认" in said(confirm(stage))


def test_what_awaits_an_enterprise_stands_in_its_to_do_list(stage) -> None:
    opened(stage)
    assert "确认可领取的支持" in stage.cast.client("enterprise").get("/todo/").content.decode()
    confirm(stage)
    assert "确认可领取的支持" not in stage.cast.client("enterprise").get("/todo/").content.decode()


def test_the_known_account_is_filled_in_but_never_its_number(stage) -> None:
    opened(stage)
    stage.cast.client("command").post("/rounds/open/", {"policy": "m20_events"})
    confirm(stage)
    page = stage.cast.client("enterprise").get(f"/my-support/{offer_of(stage.firms[0], 'm20_events').number}/").content.decode()
    assert 'value="某银行"' in page
    assert "6789" not in page


def test_pages_speak_english_too(stage) -> None:
    number = opened(stage)
    for who, address in (("opener", "/rounds/"), ("opener", f"/rounds/{number}/"), ("enterprise", "/my-support/")):
        client = stage.cast.client(who)
        client.cookies["django_language"] = "en"
        page = client.get(address, headers={"accept-language": "en"})
        assert page.status_code == 200
