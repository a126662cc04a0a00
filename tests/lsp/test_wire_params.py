"""Parameters are of their types or refused; a client's unknown words about itself are left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from pygls.protocol import default_converter

from redline.lsp.wire import MessageFault
from redline.lsp.wire_params import read_params

CONVERTER = default_converter()

position = st.fixed_dictionaries(
    {"line": st.integers(0, 2**31 - 1), "character": st.integers(0, 2**31 - 1)}
)
change = st.fixed_dictionaries({"text": st.text()}) | st.fixed_dictionaries(
    {"text": st.text(), "range": st.fixed_dictionaries({"start": position, "end": position})}
)
changes = st.fixed_dictionaries(
    {
        "textDocument": st.fixed_dictionaries(
            {"uri": st.text(), "version": st.integers(0, 2**31 - 1)}
        ),
        "contentChanges": st.lists(change, max_size=4),
    }
)


@given(changes)
def test_changes_are_read_as_the_general_way_reads_them(told):
    expected = CONVERTER.structure(told, types.DidChangeTextDocumentParams)
    assert read_params(CONVERTER, types.TEXT_DOCUMENT_DID_CHANGE, told) == expected


GOOD = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        "text",
        {},
        {"textDocument": {"uri": 1, "version": 1}, "contentChanges": []},
        {"textDocument": {"uri": "a", "version": None}, "contentChanges": []},
        {"textDocument": {"uri": "a", "version": 1}, "contentChanges": {}},
        {"textDocument": {"uri": "a", "version": 1}, "contentChanges": [None]},
        {"textDocument": {"uri": "a", "version": 1}, "contentChanges": [{"text": 5}]},
        {
            "textDocument": {"uri": "a", "version": 1},
            "contentChanges": [{"text": "", "range": {**GOOD, "end": {"line": -1}}}],
        },
        {
            "textDocument": {"uri": "a", "version": 1},
            "contentChanges": [
                {"text": "", "range": {**GOOD, "end": {"line": 2**40, "character": 0}}}
            ],
        },
        {
            "textDocument": {"uri": "a", "version": 1},
            "contentChanges": [
                {"text": "", "range": {**GOOD, "end": {"line": 0.5, "character": 0}}}
            ],
        },
    ],
)
def test_changes_of_wrong_types_are_refused(told):
    with pytest.raises(MessageFault, match="textDocument/didChange"):
        read_params(CONVERTER, types.TEXT_DOCUMENT_DID_CHANGE, told)


def test_parameters_of_methods_beyond_the_protocol_come_as_they_are():
    assert read_params(CONVERTER, "redline/editOrigin", {"kind": "paste"}) == {"kind": "paste"}


@pytest.mark.parametrize(
    "capabilities",
    [
        {"textDocument": {"hover": {"contentFormat": 7}}},
        {"textDocument": "none"},
        {"workspace": {"symbol": {"symbolKind": {"valueSet": ["new"]}}}, "textDocument": []},
        {"general": {"positionEncodings": 5}},
        7,
    ],
)
def test_what_a_client_says_wrongly_of_itself_is_left_out(capabilities):
    told = {
        "processId": None,
        "rootUri": "file:///maze",
        "capabilities": capabilities
        if capabilities == 7
        else {**capabilities, "window": {"workDoneProgress": True}},
    }
    read = read_params(CONVERTER, types.INITIALIZE, told)
    assert read.root_uri == "file:///maze"
    if capabilities != 7:
        assert read.capabilities.window.work_done_progress


@pytest.mark.parametrize("told", [{}, {"processId": "x", "capabilities": {}}, {"trace": "loud"}])
def test_a_client_that_says_little_or_nonsense_is_served(told):
    assert read_params(CONVERTER, types.INITIALIZE, told).process_id is None


@pytest.mark.parametrize("told", [None, 5, [], "hello"])
def test_a_greeting_that_is_no_object_is_refused(told):
    with pytest.raises(MessageFault):
        read_params(CONVERTER, types.INITIALIZE, told)
