"""Patches, shell commands, fences, replacements: which lines are new in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.origins.alignment import new_runs
from redline.origins.fences import Fence, fences
from redline.origins.patches import FilePatch, envelope, unified
from redline.origins.sessions import code_mode
from redline.origins.shell import Inline, inline_texts


@pytest.mark.parametrize(
    ("old", "new", "runs"),
    [
        ("", "a\nb\n", ["a\nb\n"]),
        ("a\nb\n", "a\nx\nb\ny\n", ["x\n", "y\n"]),
        ("a\nb\n", "b\na\n", []),
        ("a\n", "a  \n", []),
        ("x == 1", "x in (1, 2)", ["x in (1, 2)"]),
        ("a\n}\n", "a\n}\nb\n}\n", ["b\n}\n"]),
        ("a", "", []),
        ("", " \n", []),
    ],
)
def test_new_runs(old, new, runs):
    assert list(new_runs(old, new)) == runs


def test_large_replacements_are_compared_as_sets():
    old = "".join(f"line {number}\n" for number in range(6000))
    new = "first\n" + old.replace("line 3000\n", "changed\nalso\n") + "last\n"

    assert list(new_runs(old, new)) == ["first\n", "changed\nalso\n", "last\n"]


@given(
    st.lists(st.sampled_from("abc\n"), max_size=12), st.lists(st.sampled_from("abc\n"), max_size=12)
)
def test_new_runs_are_pieces_of_the_new_text_in_order(old, new):
    text = "".join(new)
    position = 0
    for run in new_runs("".join(old), text):
        position = text.index(run, position) + len(run)


@given(st.text(alphabet="+- @*\nBeginPatchUdF:/`'\"<\\", max_size=120))
def test_parsers_of_inline_texts_never_raise(text):
    list(envelope("*** Begin Patch\n" + text))
    list(unified(text))
    list(inline_texts("cat <<E\n" + text))
    list(fences(text))
    list(code_mode.patches("x(`*** Begin Patch" + text))
    list(code_mode.commands("{cmd: '" + text))


def test_a_unified_diff_of_two_files():
    diff = """diff --git a/x b/x
--- a/x
+++ b/x
@@ -1,2 +1,2 @@
 same
--- not a header
+++ neither
\\ No newline at end of file
diff --git a/y b/y
--- /dev/null
+++ b/y
@@ -0,0 +1 @@
+y
"""
    assert list(unified(diff)) == [
        FilePatch("x", ("++ neither\n",), "same\n-- not a header\n"),
        FilePatch("y", ("y\n",), ""),
    ]


@pytest.mark.parametrize(
    ("command", "texts"),
    [
        ("cat > 'a b.py' <<'EOF'\nx\nEOF\n", [Inline("x\n", "a b.py", False)]),
        ("cat <<EOF | tee -a f\nx\nEOF", [Inline("x\n", "f", False)]),
        ("cat <<-EOF > f\n\tx\n\tEOF\n", [Inline("x\n", "f", False)]),
        ('cat > "$f" <<EOF\nx\nEOF\n', [Inline("x\n", None, False)]),
        ("python - <<'PY' 2>/dev/null\nx\nPY\n", [Inline("x\n", None, False)]),
        (
            "cat >a <<A; cat >b <<B\n1\nA\n2\nB\necho done",
            [Inline("1\n", "a", False), Inline("2\n", "b", False)],
        ),
        ("echo $((1 << 2))\nx = y << z\n", []),
        ("cat <<< word\n", []),
        ("git apply <<E\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+n\nE\n", [
            Inline("--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+n\n", None, True)
        ]),
        ("printf 'a\\nb\\n' > f && ls", [Inline("a\nb\n", "f", False)]),
        ('echo "say \\"hi\\"" >> f', [Inline('say "hi"', "f", False)]),
        ("printf '%s\\n' \"$x\" > f", []),
        ("echo hello 2>&1", []),
        ("python3 -c 'a = 1\nb = 2'", [Inline("a = 1\nb = 2", None, False)]),
        ("@'\nx\n'@ | Set-Content f", [Inline("x", None, False)]),
    ],
)  # fmt: skip
def test_commands(command, texts):
    assert list(inline_texts(command)) == texts


def test_fences_inside_lists_longer_ones_and_open_ones():
    text = "- a\n  ```py\n  x\n    y\n  ```\n````md\n```\n````\nuse ```a``` here\n~~~\nopen"

    assert list(fences(text)) == [
        Fence("py", "x\n  y\n", 4, 27),
        Fence("md", "```\n", 28, 43),
        Fence("", "open", 61, 69),
    ]


@pytest.mark.parametrize(
    "text",
    [
        " " * 100_000,
        "@'\n" * 50_000,
        "`\\`" * 50_000,
        "cmd: '\\'" * 20_000,
        "echo '' " * 20_000,
        "".join(f"<<A{number}\n" for number in range(20_000)),
        "*** Begin Patch\n" * 20_000,
        "```\n" * 30_000,
    ],
    ids=[
        "blanks",
        "here-strings",
        "literals",
        "commands",
        "echoes",
        "heredocs",
        "patches",
        "fences",
    ],
)
def test_hostile_texts_take_no_quadratic_time(text):
    # Not timed: each of these would take minutes or hours if it did.
    list(fences(text))
    list(inline_texts(text))
    list(code_mode.patches(text))
    list(code_mode.commands(text))
    list(envelope(text))
