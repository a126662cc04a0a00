"""Which language a file is in."""

from __future__ import annotations

import pytest

from redline.syntax.languages import grammar_of, language_named, language_of

NAMES = [
    ("a/b.py", "python"),
    ("b.PY", "python"),
    ("x.test.jsx", "javascript"),
    ("x.d.ts", "typescript"),
    ("x.tsx", "tsx"),
    ("main.go", "go"),
    ("lib.rs", "rust"),
    ("A.java", "java"),
    ("run.sh", "shell"),
    ("a.json", "json"),
    ("train.jsonl", "jsonl"),
    ("a.yml", "yaml"),
    ("pyproject.toml", "toml"),
    ("README.md", "markdown"),
    ("Dockerfile", "dockerfile"),
    ("docker/Dockerfile.gpu", "dockerfile"),
    ("a.ipynb", "notebook"),
    ("CMakeLists.txt", "cmake"),
    ("a.cpp", "cpp"),
    ("ring.h", "c"),
    ("Grader.cs", "csharp"),
    ("Rakefile", "ruby"),
    ("config.ru", "ruby"),
    ("index.phtml", "php"),
    ("build.gradle.kts", "kotlin"),
    ("Package.swift", "swift"),
    ("build.sbt", "scala"),
    ("schema.pgsql", "sql"),
    ("init.lua", "lua"),
    ("Containerfile", "dockerfile"),
    ("page.htm", "html"),
    ("page.css", "css"),
    ("uv.lock", "toml"),
    ("nothing.unheard-of", None),
    (".py", None),
    ("bin/tool", None),
    ("", None),
]


@pytest.mark.parametrize(("path", "name"), NAMES)
def test_by_name(path, name):
    language = language_of(path)
    assert (language.name if language else None) == name


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"#!/usr/bin/env python3\n", "python"),
        (b"#!/usr/bin/python3.11 -u\n", "python"),
        (b"#!/bin/bash\n", "shell"),
        (b"#!/usr/bin/env -S node\n", "javascript"),
        (b"#!/usr/bin/ruby -w\n", "ruby"),
        (b"#!/usr/bin/env luajit\n", "lua"),
        (b"#!/usr/bin/env php8.2\n", "php"),
        (b"#!/usr/bin/swift\n", "swift"),
        (b"#!/usr/bin/env Rscript\n", "r"),
        (b"#!/opt/my-python-tool/run\n", None),
        (b"#!/opt/odd\npython", None),
        (b"\x00\xff", None),
    ],
)
def test_by_shebang(head, name):
    language = language_of("bin/tool", head)
    assert (language.name if language else None) == name


GRAMMARS = """
python javascript typescript tsx go rust java shell json jsonl notebook yaml toml markdown
c cpp csharp ruby php kotlin swift scala sql lua dockerfile html css
"""


@pytest.mark.parametrize("name", GRAMMARS.split())
def test_the_grammars_that_ship_load(name):
    language = language_named(name)
    assert language is not None
    assert grammar_of(language) is not None


def test_short_names():
    assert language_named("ts") == language_named("TypeScript")
    assert language_named("klingon") is None
