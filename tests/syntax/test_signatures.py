"""What a signature may hold, and what is not waved through as one."""

from __future__ import annotations

import pytest

from redline.model import Span
from redline.syntax.languages import language_of
from redline.syntax.signatures import is_signature

# Everything before « is the stretch; where there are two, what lies between them.
PLAIN = {
    "types": (
        "a.py",
        "def f(x: int | None = None, y: list[str] = (), *, z: float = -1.0) -> dict[str, int]:\n"
        "«    return 1\n",
    ),
    "short values": ("a.py", "def f(a='utf-8', b=(1, 2), c=f'x', *d, **e):\n«    return 1\n"),
    "a bare call": ("a.py", "@task.lazy()\n@other\ndef f(a):\n«    return 1\n"),
    "a class": ("a.py", "class A(B, C[int]):\n    def f(self, a: 'A') -> None:\n«        return\n"),
    "inside a function": ("a.py", "def f():\n«    def g(a):\n«        return 1\n    return g\n"),
    "TypeScript": (
        "a.ts",
        "export function f<T>(a: T | null, b: number[] = [], c = 'x'): T {\n«  return a;\n}\n",
    ),
    "C++": ("a.cpp", "template <int N> int f(const A& a, int b = 3) {\n«  return b;\n}\n"),
}
NONE = {
    "a text as a default": (
        "a.py",
        'def f(a, rubric="Award ten points where the answer names the capital"):\n«    return 1\n',
    ),
    "a text in many parts": (
        "a.py",
        "def f(" + ", ".join(f"a{n}='ten points for a right one'" for n in range(9)) + "):\n"
        "«    return 1\n",
    ),
    "a table as a default": (
        "a.py",
        "def f(a, key={'q1': 'Paris', 'q2': 'Rome', 'q3': 'Berlin', 'q4': 'Vienna'}):\n"
        "«    return 1\n",
    ),
    "a text as a type": (
        "a.py",
        "def f(a: 'a text that says much more than any type of the world says'):\n«    return 1\n",
    ),
    "arithmetic": ("a.py", "def f(a, b=3 * K + 7):\n«    return 1\n"),
    "a comparison": ("a.py", "def f(a, b=K > 7):\n«    return 1\n"),
    "a value in an f-string": ("a.py", "def f(a, b=f'{K}'):\n«    return 1\n"),
    "an assignment": ("a.py", "def f(a=(b := 3)):\n«    return 1\n"),
    "a decorator that ends like a bare call": (
        "a.py",
        "@(lambda f: [print(i) for i in range(9)] and f)()\ndef f(a):\n«    return 1\n",
    ),
    "a call that gives a decorator": ("a.py", "@make(K, best('a'))()\ndef f(a):\n«    return 1\n"),
    "a whole function": ("a.py", "def f(a):\n    return 1\n«"),
    "a comment": ("a.py", "# Words.\n«def f(a):\n    return 1\n"),
    "an import": ("a.py", "import re\n«"),
    "words between parameters": (
        "a.py",
        "def f(a,  # The answer is in the third line of the letter.\n      b):\n«    return 1\n",
    ),
    "arithmetic in JavaScript": ("a.js", "function f(a = 1 + g[3]) {\n«  return 1;\n}\n"),
    "code in an attribute": (
        "a.rs",
        "#[foo(if a { b } else { c })]\nfn f() {\n«    g();\n}\n",
    ),
    "what a constructor computes": (
        "a.cpp",
        "struct A {\nA(int a) : x(a * 7), y(a) {\n«  f();\n}\n};\n",
    ),
}


def told(path, marked):
    parts = [part.encode() for part in marked.split("«")]
    text = b"".join(parts)
    start = len(parts[0]) if len(parts) > 2 else 0
    end = start + len(parts[1 if len(parts) > 2 else 0])
    return is_signature(text, language_of(path, text), Span(start, end))


@pytest.mark.parametrize("case", PLAIN)
def test_a_signature_declares(case):
    assert told(*PLAIN[case])


@pytest.mark.parametrize("case", NONE)
def test_what_computes_or_tells_is_no_signature(case):
    assert not told(*NONE[case])
