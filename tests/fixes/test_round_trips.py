"""Whatever the text: a fix ends its finding, touches nothing else, and can be taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged import WORD, after, case_of, findings_in, shipped, undone

from redline.fixes import plan
from redline.fixes.stretches import BOM
from redline.fixes.validity import well_formed
from redline.syntax.languages import language_of

OWN, ITS = "own", "torch"
# What a line of a person (own) or of the assistant (torch) looks like, by the file's name; and
# what stands around them all.
SHAPES: dict[str, tuple[list[str], str, str]] = {
    "evals/a.py": (
        ["{w}_{n} = 'é → {n}'", "def {w}_{n}(x):\n    return x", "if {w}:\n\tx = {n}", "# {w} {n}"],
        "",
        "",
    ),
    "evals/b.py": (["    {w}_{n} = {n}", "    {w}({n})", "    # {w}"], "def f():\n", ""),
    "evals/a.js": (["let {w}_{n} = `é`;", "function {w}_{n}() {{ return 1; }}", "// {w}"], "", ""),
    "evals/a.go": (["var {w}_{n} = {n}", "func {w}_{n}() int {{ return 1 }}"], "package a\n", ""),
    "evals/a.rs": (["fn {w}_{n}() {{}}", "/// {w}\nstruct {w}{n};"], "", ""),
    "evals/a.java": (["  int {w}_{n} = {n};", "  void {w}_{n}() {{}}"], "class A {\n", "}\n"),
    "evals/a.rb": (["{w}_{n} = {n}", "def {w}_{n}\n  {n}\nend"], "", ""),
    "evals/a.yaml": (["- {w}: {n}", "- [{w}, {n}]", "# {w}"], "", ""),
    "evals/b.yaml": (["    - {w}_{n}"], "cases:\n  each:\n", ""),
    "evals/a.toml": (["{w}_{n} = {n}"], "[cases]\n", ""),
    "evals/a.jsonl": (['{{"{w}": {n}}}', '{{"q": "{w} é", "a": [{n}]}}'], "", ""),
    "evals/a.csv": (["{w},{n}", '"{w}, é",{n}'], "question,answer\n", ""),
    "evals/a.md": (["# {w} {n}", "{w} é.", "- {w}"], "", ""),
    "evals/a.txt": (["{w} {n}", "    {w} é"], "", ""),
}


@st.composite
def files(draw):
    """A path, a text with lines of both, and the number of the finding to fix."""
    path = draw(st.sampled_from(sorted(SHAPES)))
    forms, head, foot = SHAPES[path]
    pieces = draw(
        st.lists(st.tuples(st.sampled_from(forms), st.booleans()), min_size=1, max_size=8)
    )
    body = ""
    for number, (form, its) in enumerate(pieces):
        # In a piece of several lines each line must show whose it is.
        lines = form.format(w=ITS if its else OWN, n=number).split("\n")
        if its:
            lines = [line if ITS in line else _signed(path, line) for line in lines]
        body += "\n".join(lines) + "\n" * draw(st.integers(1, 3))
    if not any(its for _, its in pieces):
        body += forms[0].format(w=ITS, n=99) + "\n"
    text = head + body + foot
    if draw(st.booleans()) and not foot:
        text = text.rstrip("\n")
    end = draw(st.sampled_from(["\n", "\r\n"]))
    data = text.replace("\n", end).encode()
    bom = draw(st.booleans()) and path.endswith((".py", ".js", ".md", ".txt", ".csv"))
    return path, (BOM if bom else b"") + data


def _signed(path: str, line: str) -> str:
    comment = {"py": "#", "rb": "#", "rs": "//"}[path.rpartition(".")[2]]
    return f"{line} {comment} {ITS}"


def kept(text: bytes) -> list[bytes]:
    """What a person wrote, byte by byte, without blank lines."""
    lines = text.removeprefix(BOM).splitlines(True)
    lines = [line for line in lines if line.strip() and WORD not in line]
    # A function that lost all that it did says so.
    return [line for line in lines if line.strip() != b"raise NotImplementedError"]


@pytest.mark.parametrize("name", ["remove", "quarantine"])
@given(files(), st.integers(0, 7))
def test_what_goes_is_the_region_and_nothing_else(name, file, number):
    path, text = file
    policy = shipped()
    before = findings_in(path, text, policy)
    case = case_of(path, text, policy, number=number % len(before))
    case = _offering(case, name)
    fix = plan(name, case)
    result = after(case, fix)
    left = findings_in(path, result, policy)
    assert len(left) == len(before) - 1
    assert case.finding.fingerprint not in {f.fingerprint for f in left} or _twin(case, before)
    language = language_of(path, text[:256])
    if well_formed(language, text):
        assert well_formed(language, result)
    assert b"".join(kept(result)).strip() == b"".join(kept(text)).strip()
    assert result.startswith(BOM) == text.startswith(BOM)
    assert undone(case, fix) == text
    if name == "quarantine":
        (new,) = fix.new_files
        assert not policy.zones_of(new.path)
        region = text[case.span.start : case.span.end]
        assert new.content.strip() == region.removeprefix(BOM).strip()


def _offering(case, name):
    return replace(case, finding=replace(case.finding, fixes=(name,)))


def _twin(case, before) -> bool:
    """Equal regions are told apart by their number, which moves up when one goes."""
    words = {b" ".join(case.text[f.region.span.start : f.region.span.end].split()) for f in before}
    return len(words) < len(before)
