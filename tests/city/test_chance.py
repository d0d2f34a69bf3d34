"""Named streams and whole shares."""

from hypothesis import given
from hypothesis import strategies as st

from yunxing.city.chance import largest_remainder, stream


def test_the_same_seed_and_name_give_the_same_numbers():
    assert stream(7, "sizes").random(5).tolist() == stream(7, "sizes").random(5).tolist()


def test_another_seed_or_another_name_gives_other_numbers():
    one = stream(7, "sizes").random(5).tolist()

    assert one != stream(8, "sizes").random(5).tolist()
    assert one != stream(7, "names").random(5).tolist()


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=20), st.integers(0, 5000))
def test_parts_add_up_and_none_is_more_than_one_from_its_share(shares, total):
    parts = largest_remainder(shares, total)

    assert sum(parts) == total
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - share * total / sum(shares)) < 1 + 1e-6


def test_ties_go_to_the_earlier_place():
    assert largest_remainder([1, 1, 1], 2) == [1, 1, 0]


def test_nothing_to_share_gives_nothing():
    assert largest_remainder([0.0, 0.0], 3) == [0, 0]
    assert largest_remainder([0.4, 0.6], 0) == [0, 0]
