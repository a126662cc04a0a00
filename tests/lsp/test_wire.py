"""Bytes become messages again whatever stands between them, and however they are cut."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp.client import frame
from redline.lsp.wire import Framer, MessageFault, decode, encode

values = st.recursive(
    # Whole numbers beyond 64 bits are no ids and no positions.
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
messages = st.dictionaries(st.text(), values, max_size=4)


def read(framer, data, cuts=()):
    """What comes out, faults as None; rejected bodies are given back as the protocol does."""
    taken = []
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for start, end in itertools.pairwise(edges):
        for one in framer.feed(data[start:end]):
            if isinstance(one, MessageFault):
                taken.append(None)
                continue
            try:
                taken.append(decode(one))
            except MessageFault:
                framer.reject(one)
                taken.append(None)
    return taken


@given(st.lists(messages, max_size=4), st.lists(st.integers(0, 5000), max_size=8))
def test_messages_come_out_as_they_went_in_however_they_are_cut(sent, cuts):
    assert read(Framer(), b"".join(map(encode, sent)), cuts) == sent


@given(st.binary(max_size=200), st.lists(st.integers(0, 5000), max_size=8))
def test_any_bytes_are_survived(noise, cuts):
    framer = Framer()
    read(framer, noise, cuts)


GOOD = {"jsonrpc": "2.0", "method": "exit"}


@pytest.mark.parametrize(
    "noise",
    [
        b"Content-Type: nothing\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: twelve\r\n\r\n{}",
        b"Content-Length: 99999999999999999\r\n\r\nabc",
        b"Content-Length: 999999999999999999999999999999\r\n\r\nabc",
        b"x" * 9000 + b"\r\n\r\n",
        b"x" * 100_000,
        b"\x00\xff\xfe",
        b'Content-Length: 3\r\n\r\n{"a": "longer than it says"}',
        b'Content-Length: 40\r\n\r\n{"shorter": 1}',
        b"Content-Length: 7\r\n\r\n\xff\xfe\xfd\xfc\xfb\xfa\xf9",
        b"Content-Length: 200000\r\n\r\n" + b"[" * 200_000,
        b"Content-Length: 0\r\n\r\n",
    ],
)
def test_reading_goes_on_with_the_next_message(noise):
    framer = Framer()
    taken = read(framer, noise + frame(GOOD) * 2)
    assert taken[-2:] == [GOOD, GOOD]
    assert taken[:-2]
    assert set(map(str, taken[:-2])) == {"None"}


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: %d\r\n\r\n",
        b"content-length:%d\r\n\r\n",
        b"CONTENT-LENGTH : %d \r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf8\r\nContent-Length: %d\r\n\r\n",
        b"Content-Length: %d\n\n",
    ],
)
def test_headers_of_all_clients_are_understood(head):
    body = json.dumps(GOOD).encode()
    assert read(Framer(), head % len(body) + body) == [GOOD]


def test_a_length_that_is_too_large_is_never_held():
    framer = Framer(largest=100)
    assert read(framer, b"Content-Length: 101\r\n\r\n" + b"x" * 101) == [None]
    assert not framer.inside or len(framer._held) < 100
    assert read(framer, frame(GOOD)) == [GOOD]


def test_half_surrogate_pairs_survive_both_ways():
    body = b'{"text": "a\\ud83d"}'
    assert decode(body) == {"text": "a\ud83d"}
    assert encode({"text": "a\ud83d"}).endswith(b'{"text": "a\\ud83d"}')


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{", "not JSON at character 1"),
        (b"\xff\xff", "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"", "not JSON"),
    ],
)
def test_what_is_no_message_is_said_without_quoting_it(body, told):
    with pytest.raises(MessageFault, match=told):
        decode(body)
