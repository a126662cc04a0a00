"""The set of common fingerprints: exact about members, bounded about strangers, loud if damaged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redline.matching import common as module
from redline.matching.common import BUCKET_BITS, REMAINDER_BITS, Common, Damaged, common

WIDTH = BUCKET_BITS + REMAINDER_BITS
hashes = st.lists(st.integers(0, 2**64 - 1), max_size=60)
# Of few buckets, so that they fill up as far as fingerprints of chance never would.
crowded = st.lists(
    st.builds(
        lambda bucket, rest: (bucket << (64 - BUCKET_BITS)) | (rest << (64 - WIDTH)),
        st.sampled_from([0, 1, 15, 16, 2**BUCKET_BITS - 1]),
        st.integers(0, 255),
    ),
    max_size=60,
)


def u64(values):
    return np.array(values, np.uint64)


def heads(values):
    return {value >> (64 - WIDTH) for value in values}


def test_an_empty_set_holds_nothing():
    assert Common.of(u64([])).holds(u64([0, 1, 2**64 - 1])).tolist() == [False] * 3


def test_nothing_is_asked():
    assert Common.of(u64([5])).holds(u64([])).tolist() == []


@settings(deadline=None, max_examples=30)
@given(hashes, hashes)
def test_a_fingerprint_is_a_member_by_its_upper_bits_and_by_nothing_else(members, others):
    held = Common.of(u64(members)).holds(u64(members + others)).tolist()
    known = heads(members)
    assert held == [value >> (64 - WIDTH) in known for value in members + others]


@settings(deadline=None, max_examples=30)
@given(crowded, crowded)
def test_crowded_buckets_are_as_exact_up_to_fifteen_members(members, others):
    held = Common.of(u64(members)).holds(u64(others)).tolist()
    kept = {}
    for head in sorted(heads(members)):
        kept.setdefault(head >> REMAINDER_BITS, []).append(head)
    known = {head for bucket in kept.values() for head in bucket[:15]}
    assert held == [value >> (64 - WIDTH) in known for value in others]


@settings(deadline=None, max_examples=20)
@given(hashes, hashes, hashes)
def test_a_larger_set_holds_all_that_a_smaller_one_held_strangers_too(members, more, asked):
    smaller, larger = Common.of(u64(members)), Common.of(u64(members + more))
    asked = u64(members + more + asked)
    assert not (smaller.holds(asked) & ~larger.holds(asked)).any()


@settings(deadline=None, max_examples=20)
@given(hashes)
def test_packing_keeps_the_set_and_does_not_depend_on_order(members):
    packed = Common.of(u64(members)).pack()
    assert Common.of(u64(members[::-1] * 2)).pack() == packed
    assert Common.unpack(packed).holds(u64(members)).all()


def test_strangers_pass_seldom():
    rng = np.random.default_rng(3)
    members = rng.integers(0, 2**64, 1 << 20, np.uint64)
    strangers = rng.integers(0, 2**64, 1 << 18, np.uint64)
    passed = np.count_nonzero(Common.of(members).holds(strangers)) / len(strangers)
    # One in 1024 is expected; of 2^18 askings the mean stays within a fifth of that.
    assert 0.8 / 1024 < passed < 1.2 / 1024


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: b"", "no table of common code"),
        (lambda data: b"\0" * len(data), "no table of common code"),
        (lambda data: data[:7] + b"\x09" + data[8:], "version 9"),
        (lambda data: data[:-1], "cut or changed"),
        (lambda data: data + b"\0", "cut or changed"),
        (lambda data: data[:-1] + bytes([data[-1] ^ 1]), "cut or changed"),
        (lambda data: data[:12], "no table of common code"),
    ],
)
def test_damage_is_told(change, said):
    packed = Common.of(u64([1 << 40, 7 << 60])).pack()
    with pytest.raises(Damaged, match=said):
        Common.unpack(change(packed))


def test_a_damaged_installation_says_what_to_do(tmp_path, monkeypatch):
    broken = tmp_path / "common.bin"
    broken.write_bytes(b"RLCommn\x01")
    monkeypatch.setattr(module, "_FILE", broken)
    common.cache_clear()
    try:
        with pytest.raises(RuntimeError, match=r"common\.bin: .*: install Redline again"):
            common()
    finally:
        common.cache_clear()
