"""One vehicle, one pass, one route: what may be issued, and a code that anyone can check and nobody can forge."""

import base64
import contextlib
import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.engines.dispatch.passes import Pass, code_of, mask_phone, mask_plate, read_code, refusals, still_fresh
from yunxing.io import pass_codes
from yunxing.values.errors import BadInput

D = dt.date
ONE = Pass("E2022-01-00001", "鲁M12345", "甲县某厂 — 乙市某港", "产成品", D(2022, 4, 1), D(2022, 4, 10), "CMD")
MODE = (D(2022, 3, 21), D(2022, 4, 20), 30)


def refused(wanted=ONE, standing=(), mode=MODE):
    return refusals(wanted, standing, *mode)


def test_a_good_pass_is_not_refused():
    assert refused() == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"route": " "}, "线路"),
        ({"plate": "12345"}, "车牌"),
        ({"plate": "鲁I1234O"}, "车牌"),
        ({"last": D(2022, 3, 31)}, "早于"),
        ({"first": D(2022, 3, 20)}, "超出应急状态"),
        ({"last": D(2022, 4, 21)}, "超出应急状态"),
    ],
)
def test_what_a_pass_may_not_be(change, said):
    assert any(said in one for one in refused(replace(ONE, **change)))


@pytest.mark.parametrize("plate", ["鲁M12345", "鲁MD12345", "京A1234学", "粤Z1234港"])
def test_plates_of_every_kind_are_taken(plate):
    assert refused(replace(ONE, plate=plate)) == []


@pytest.mark.parametrize(("days", "fits"), [(29, True), (30, True), (31, False)])
def test_the_longest_span_is_included(days, fits):
    first = D(2022, 3, 21)
    wanted = replace(ONE, first=first, last=first + dt.timedelta(days - 1))

    assert (refused(wanted, mode=(first, D(2022, 5, 30), 30)) == []) is fits


@pytest.mark.parametrize(
    ("other", "fits"),
    [
        ({"number": "E2022-01-00002"}, False),
        ({"number": "E2022-01-00002", "first": D(2022, 4, 10), "last": D(2022, 4, 12)}, False),
        ({"number": "E2022-01-00002", "first": D(2022, 4, 11), "last": D(2022, 4, 12)}, True),
        ({"number": "E2022-01-00002", "route": "甲县某厂 — 丙市某库"}, True),
        ({"number": "E2022-01-00002", "plate": "鲁M99999"}, True),
        ({}, True),
    ],
)
def test_one_pass_a_day_for_a_vehicle_on_a_route(other, fits):
    """Another route is a second pass; the same pass is no second one."""
    assert (refused(ONE, [replace(ONE, **other)]) == []) is fits


def test_all_reasons_are_told_at_once():
    assert len(refused(replace(ONE, plate="x", route="", first=D(2022, 3, 12)))) == 3


@pytest.mark.parametrize(("minutes", "fresh"), [(0, True), (48 * 60, True), (48 * 60 + 1, False), (-1, False)])
def test_a_test_of_exactly_48_hours_passes_and_a_minute_more_does_not(minutes, fresh):
    at = dt.datetime(2022, 4, 3, 8, 0)

    assert still_fresh(at - dt.timedelta(minutes=minutes), at, 48) is fresh


def test_masks():
    assert (mask_plate("鲁M12345"), mask_plate("鲁M"), mask_phone("13812345678"), mask_phone("123")) == (
        "鲁M***45",
        "***",
        "138****5678",
        "****",
    )


# ---- the code -------------------------------------------------------------------------------------------------------------------------------------
def test_the_code_carries_the_pass(tmp_path):
    code = pass_codes.signed_code(tmp_path, ONE)

    assert pass_codes.checked(code, pass_codes.public_key(tmp_path)) == ONE
    assert read_code(code)[0] == ONE


def test_a_changed_pass_under_the_old_signature_is_refused(tmp_path):
    """The forger keeps the signature and moves the last day on."""
    _one, _payload, signature = read_code(pass_codes.signed_code(tmp_path, ONE))
    forged = code_of(replace(ONE, last=D(2022, 12, 31)).payload(), signature)

    with pytest.raises(BadInput, match="签名不成立"):
        pass_codes.checked(forged, pass_codes.public_key(tmp_path))


def test_another_issuers_pass_is_refused(tmp_path):
    other = tmp_path / "other"
    other.mkdir()

    with pytest.raises(BadInput, match="签名不成立"):
        pass_codes.checked(pass_codes.signed_code(other, ONE), pass_codes.public_key(tmp_path))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_changed_letter_is_noticed(tmp_path_factory, data):
    """One letter of the code replaced by another: refused, or the very same bytes (base64 has spare bits at its end)."""
    home = tmp_path_factory.mktemp("seal")
    code = pass_codes.signed_code(home, ONE)
    at = data.draw(st.integers(0, len(code) - 1))
    letter = data.draw(st.sampled_from("ABCDwxyz0189-_."))
    changed = code[:at] + letter + code[at + 1 :]
    if changed == code:
        return
    same = False
    with contextlib.suppress(BadInput):
        same = read_code(changed)[1:] == read_code(code)[1:]
    if same:
        assert pass_codes.checked(changed, pass_codes.public_key(home)) == ONE
    else:
        with pytest.raises(BadInput, match=r"不成立|二维码"):
            pass_codes.checked(changed, pass_codes.public_key(home))


@pytest.mark.parametrize("text", ["", "你好", "YXP1.", "YXP1.a.b.c", "YXP2.e30.e30", "YXP1.e30.e30", "YXP1.####.####"])
def test_what_is_no_code_is_told_so(text):
    with pytest.raises(BadInput, match="二维码"):
        read_code(text)


def test_a_payload_in_another_order_is_no_payload(tmp_path):
    """Only the canonical form counts: the same content written otherwise is refused."""
    _one, payload, signature = read_code(pass_codes.signed_code(tmp_path, ONE))
    turned = json.dumps(dict(reversed(json.loads(payload).items())), ensure_ascii=False).encode()
    text = ".".join(
        ("YXP1", base64.urlsafe_b64encode(turned).decode().rstrip("="), base64.urlsafe_b64encode(signature).decode().rstrip("="))
    )

    with pytest.raises(BadInput, match="二维码"):
        read_code(text)


def test_valid_on_both_ends():
    assert [ONE.valid_on(day) for day in (D(2022, 3, 31), D(2022, 4, 1), D(2022, 4, 10), D(2022, 4, 11))] == [False, True, True, False]


def test_the_picture_is_the_matrix(tmp_path):
    """Every dark module is drawn once and no light one; nothing but a rectangle and a path, so that the content policy has nothing to refuse."""
    import re

    import segno

    text = pass_codes.signed_code(tmp_path, ONE)
    matrix = segno.make(text, error="m", micro=False).matrix
    drawn = pass_codes.drawn(text)
    runs = [tuple(map(int, run)) for run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawn)]
    dark = {(x - 4 + k, y - 4) for x, y, length in runs for k in range(length)}

    assert dark == {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert "style" not in drawn
    assert re.findall(r"<(\w+)", drawn) == ["svg", "rect", "path"]
