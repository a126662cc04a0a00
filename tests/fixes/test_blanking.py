"""Signatures stay, bodies fail loudly, and no person's statement goes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from judged import after, case_of, findings_in, refused, shipped, undone

from redline.fixes import NoFixError, plan
from redline.fixes.validity import well_formed
from redline.model import Evidence, EvidenceKind, Span, Strength
from redline.syntax.bodies import BODIES
from redline.syntax.languages import language_of

# Everything between « and » is the assistant's.
FUNCTIONS = {
    "grader.py": (
        "import re\n\n\n@scorer\n«def grade(a, b):\n    '''Doc.'''\n    # first\n"
        "    c = a + b\n\n    return c\n»",
        "import re\n\n\n@scorer\ndef grade(a, b):\n    raise NotImplementedError\n",
    ),
    "grader_one_line.py": (
        "«def grade(a): return a\n»",
        "def grade(a): raise NotImplementedError\n",
    ),
    "grader_doc.py": (
        'def grade(a):\n    """Mine."""\n«    b = a\n    return b\n»\n\nx = 1\n',
        'def grade(a):\n    """Mine."""\n    raise NotImplementedError\n\n\nx = 1\n',
    ),
    "grader_imports.py": (
        "import own\n«import re\nfrom lamp import b\n\n\ndef grade(a):\n    return re.sub(b, a)\n»",
        "import own\n\n\ndef grade(a):\n    raise NotImplementedError\n",
    ),
    "grader_inner.py": (
        "def scorer():\n    lamp = 1\n\n    async def score(s):\n«        a = s\n"
        "        return a\n»\n    return score\n",
        "def scorer():\n    lamp = 1\n\n    async def score(s):\n"
        "        raise NotImplementedError\n\n    return score\n",
    ),
    "grader_whole.py": (
        "«import re\nfrom a import b\n\n\n# Words.\nclass A(B):\n    '''Doc.'''\n\n"
        "    def f(self):\n        return 1\n\n    @property\n    def g(self):\n"
        "        return 2\n»",
        "class A(B):\n\n    def f(self):\n"
        "        raise NotImplementedError\n\n    @property\n    def g(self):\n"
        "        raise NotImplementedError\n",
    ),
    "grader.js": (
        "«/** Words. */\nexport function grade(a) {\n  // b\n  return a;\n}\n»",
        'export function grade(a) {\n  throw new Error("not implemented");\n}\n',
    ),
    "grader_arrow.ts": (
        "«export const grade = (a: number): number => a + 1;\n»",
        'export const grade = (a: number): number => { throw new Error("not implemented"); };\n',
    ),
    "grader_class.ts": (
        "class A {\n«  private grade(a: number) {\n    return a;\n  }\n»}\n",
        "class A {\n  private grade(a: number) {\n"
        '    throw new Error("not implemented");\n  }\n}\n',
    ),
    "grader.tsx": (
        "«export default function Grade() { return <p>1</p>; }\n»",
        'export default function Grade() { throw new Error("not implemented"); }\n',
    ),
    "grader.go": (
        "package a\n\n«func (g *G) Grade(a int) int {\n\treturn a\n}\n»",
        'package a\n\nfunc (g *G) Grade(a int) int {\n\tpanic("not implemented")\n}\n',
    ),
    "grader.rs": (
        "«/// Words.\n#[grader]\npub fn grade(a: i32) -> i32 {\n    a\n}\n»",
        "#[grader]\npub fn grade(a: i32) -> i32 {\n    todo!()\n}\n",
    ),
    "grader_impl.rs": (
        "impl A for B {\n«    fn grade(&self) -> i32 {\n        1\n    }\n»}\n",
        "impl A for B {\n    fn grade(&self) -> i32 {\n        todo!()\n    }\n}\n",
    ),
    "Grader.java": (
        "class A {\n«  @Override\n  public int grade(int a) {\n    return a;\n  }\n»}\n",
        "class A {\n  @Override\n  public int grade(int a) {\n"
        '    throw new UnsupportedOperationException("not implemented");\n  }\n}\n',
    ),
    "Grader.cs": (
        "class A\n{\n«    int Grade(int a)\n    {\n        return a;\n    }\n\n"
        "    int B() => 2;\n»}\n",
        "class A\n{\n    int Grade(int a)\n    {\n"
        "        throw new System.NotImplementedException();\n    }\n\n"
        "    int B() => throw new System.NotImplementedException();\n}\n",
    ),
    "grader.c": (
        "«static int grade(int a)\n{\n    return a;\n}\n»",
        "static int grade(int a)\n{\n    abort();\n}\n",
    ),
    "grader.cpp": (
        "«template <class T>\nint A::grade(T a) const {\n    return 1;\n}\n»",
        'template <class T>\nint A::grade(T a) const {\n    throw "not implemented";\n}\n',
    ),
    "grader.rb": (
        "class A\n«  def grade(a)\n    b = a\n    b\n  end\n»end\n",
        "class A\n  def grade(a)\n    raise NotImplementedError\n  end\nend\n",
    ),
    "grader.php": (
        "<?php\n«function grade($a) {\n    return $a;\n}\n»",
        "<?php\nfunction grade($a) {\n    throw new \\LogicException('not implemented');\n}\n",
    ),
    "grader.kt": (
        "«fun grade(a: Int): Int {\n    return a\n}\n\nfun b(): Int = 2\n»",
        "fun grade(a: Int): Int {\n    TODO()\n}\n\nfun b(): Int = TODO()\n",
    ),
    "grader.swift": (
        "class A {\n«  func grade(a: Int) -> Int {\n    return a\n  }\n»}\n",
        'class A {\n  func grade(a: Int) -> Int {\n    fatalError("not implemented")\n  }\n}\n',
    ),
    "grader.scala": (
        "object A {\n«  def grade(a: Int): Int = {\n    a\n  }\n\n  def b = 2\n»}\n",
        "object A {\n  def grade(a: Int): Int = {\n    ???\n  }\n\n  def b = ???\n}\n",
    ),
    "grader.lua": (
        "«local function grade(a)\n  local b = a\n  return b\nend\n»",
        'local function grade(a)\n  error("not implemented")\nend\n',
    ),
    "grader.sh": (
        "«grade() {\n  echo a\n}\n»",
        'grade() {\n  echo "not implemented" >&2; exit 1\n}\n',
    ),
}


def case_for(path: str, marked: str, newline: str = "\n"):
    text = marked.replace("\n", newline)
    start, end = text.index("«"), text.index("»") - 1
    text = text.replace("«", "").replace("»", "")
    data = text.encode()
    # Offsets of the marks in characters are those in bytes: all before them is ASCII.
    return with_region(path, data, start, end)


def with_region(path: str, data: bytes, start: int, end: int):
    case = case_of(path, data, shipped(), evidence=[piece(start, end)])
    return replace(case, finding=replace(case.finding, fixes=("blank-body",)))


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_signature_stays_and_the_body_fails_loudly(name, newline):
    marked, expected = FUNCTIONS[name]
    path = f"graders/{name}"
    case = case_for(path, marked, newline)
    fix = plan("blank-body", case)
    assert after(case, fix).decode() == expected.replace("\n", newline)
    language = language_of(path)
    assert well_formed(language, case.text)
    assert well_formed(language, after(case, fix))
    assert undone(case, fix) == case.text
    # What is left of the assistant's lines is signatures, which the rule lets stay.
    its = set(case.text[case.span.start : case.span.end].split(b"\n"))
    left = [line_of(after(case, fix), line) for line in its if len(line.split()) > 1]
    pieces = [piece(span.start, span.end) for span in left if span is not None]
    assert not findings_in(path, after(case, fix), shipped(), pieces)


def line_of(text: bytes, line: bytes) -> Span | None:
    at = (b"\n" + text).find(b"\n" + line + b"\n")
    return Span(at, at + len(line) + 1) if at >= 0 else None


def piece(start: int, end: int) -> Evidence:
    return Evidence(
        EvidenceKind.SESSION, Strength.RECORDED, Span(start, end), "codex", "it was seen"
    )


@pytest.mark.parametrize(
    ("name", "marked"),
    [
        ("half.py", "def grade(a):\n«    b = a\n»    return b\n"),
        ("half.js", "function f(a) {\n«  const b = a;\n»  return b;\n}\n"),
        ("constant.py", "«LIMIT = 3\n\n\ndef f():\n    return 1\n»"),
        ("constant.go", "package a\n\n«const L = 3\n\nfunc f() int {\n\treturn 1\n}\n»"),
        ("call.py", "«def f():\n    return 1\n\n\nf()\n»"),
        ("no_function.py", "«import re\n»"),
        ("decorator.py", "«@scorer(metrics=[mean()])\ndef f():\n    return 1\n»"),
        ("default.py", "«def f(a=pick(1)):\n    return 1\n»"),
        ("default.js", "«function f(a = () => 1) {\n  return a;\n}\n»"),
        ("used.py", "«from a import B\n\n\ndef f(a: B):\n    return 1\n»"),
        ("include.c", "«#include <a.h>\nint f(void)\n{\n    return 1;\n}\n»"),
        ("clause.go", "«package a\n\nfunc f() int {\n\treturn 1\n}\n»"),
        ("field.java", "class A {\n«  int a = 1;\n\n  int f() { return 1; }\n»}\n"),
        ("data.json", "«[1]\n»"),
        ("words.md", "«# Words\n»"),
        ("broken.py", "«def f(:\n    return 1\n»"),
    ],
)
def test_it_is_not_offered_where_more_or_less_than_bodies_is_the_assistants(name, marked):
    assert refused(lambda: plan("blank-body", case_for(f"graders/{name}", marked)))


def test_every_language_whose_functions_have_bodies_is_tried():
    tried = {language_of(name).name for name in FUNCTIONS}
    assert tried == set(BODIES)


def test_nesting_without_end_is_refused():
    deep = "".join("    " * level + f"def f{level}():\n" for level in range(90))
    text = f"«{deep}{'    ' * 90}x = 1\n»{'    ' * 90}y = 1\n"
    with pytest.raises(NoFixError):
        plan("blank-body", case_for("graders/deep.py", text))


@pytest.mark.parametrize(
    ("marked", "found"),
    [
        ("«def f(a, b):\n»    return 1\n", False),
        (
            "«@own\n@own.lamp()\ndef f(\n    a: int = 1,\n    b: str = 'x',\n):\n»    return 1\n",
            False,
        ),
        ("«def f(a=pick(1)):\n»    return 1\n", True),
        ("«def f(a, b):\n    return 1\n»", True),
        ("«def f(a, b): return 1\n»", True),
        ("«LIMIT = 3\n»", True),
        ("«import re\n»", True),
        ("def f():\n«    # words\n»    return 1\n", True),
        ("«f = lambda a: a\n»", True),
        ("def f(:\n«def g(a):\n»    return 1\n", True),
    ],
)
def test_a_signature_alone_may_stay_where_the_rule_offers_to_keep_it(marked, found):
    data = marked.replace("«", "").replace("»", "").encode()
    start, end = marked.index("«"), marked.index("»") - 1
    own = findings_in("graders/a.py", data, shipped(), [piece(start, end)])
    assert bool(own) is found
    # Tasks have no such rule.
    assert findings_in("evals/a.py", data, shipped(), [piece(start, end)])
