"""What the shipped background is counted from: pinned, and nothing that a benchmark asks about."""

from __future__ import annotations

import importlib
import re

import pytest
from scripts.background.packages import ALONE, DEBIAN, NPM, PYPI, family, project

EVERY = (*PYPI, *NPM, *DEBIAN)


def test_every_release_is_pinned():
    form = re.compile(r"[\w.+-]+==[\w.]+|@?[\w./-]+@[\w.-]+|[a-z0-9.+-]+=[\w.:+~-]+")
    assert [pin for pin in EVERY if not form.fullmatch(pin)] == []


def test_no_project_is_listed_twice():
    names = [project(pin) for pin in EVERY]
    assert len(names) == len(set(names))


def test_projects_are_told_whatever_the_registry_calls_them():
    told = {
        "golang-github-spf13-cobra-dev=1.6.1-1": "golang-github-spf13-cobra",
        "librust-rand-dev=0.8.5-1": "rust-rand",
        "python-click=8.1.3-2": "click",
        "Click==8.0.3": "click",
        "@nestjs/core@8.2.3": "@nestjs/core",
        "factory_boy==3.2.1": "factory-boy",
    }
    assert {pin: project(pin) for pin in told} == told


def test_packages_of_the_same_people_are_one_family_but_templates_stand_alone():
    assert family("expo-camera@12.0.3") == family("expo-location@13.0.4")
    assert family("@nestjs/core@8.2.3") == family("@nestjs/common@8.2.3")
    assert family("@nestjs/schematics@8.0.5") == "@nestjs/schematics"
    assert family("koa@2.13.4") != family("express@4.17.2")


def test_templates_are_among_the_releases():
    assert set(ALONE) <= {project(pin) for pin in EVERY}


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("bench.matching.corpora", ("PYPI", "NPM", "DEBIAN")),
        ("bench.corpus", ("WHEELS",)),
    ],
)
def test_no_benchmark_tells_or_asks_about_what_the_background_knows(module, names):
    lists = [getattr(importlib.import_module(module), name) for name in names]
    pins = [pin for held in lists for pin in (held.split() if isinstance(held, str) else held)]
    assert pins
    assert {project(pin) for pin in pins} & {project(pin) for pin in EVERY} == set()


def test_eval_harnesses_and_standard_libraries_are_left_out():
    names = {project(pin) for pin in EVERY}
    assert not {name for name in names if re.search(r"inspect-ai|lm-eval|harness|openjdk", name)}
