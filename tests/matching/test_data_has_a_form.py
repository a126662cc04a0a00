"""Data: its keys and the few values of a column are its form, and nobody's in particular."""

from __future__ import annotations

import json
import random

from hypothesis import given
from hypothesis import strategies as st

from redline.matching import forms

NAMES = (
    "alder birch cedar dogwood elder fir gorse hazel ivy juniper larch maple oak pine rowan "
    "spruce teak willow yew aspen beech cherry elm holly linden"
).split()


def case(seed):
    rng = random.Random(seed)
    return {
        "id": rng.randrange(10**6),
        "name": " ".join(rng.sample(NAMES, 2)),
        "difficulty": rng.choice(["easy", "medium", "hard"]),
        "status": rng.choice(["open", "closed"]),
        "tags": rng.sample(["math", "code", "logic", "history"], 2),
        "reviewed": rng.choice([True, False]),
    }


def cases(who, count=300):
    return [case(f"{who}/{number}") for number in range(count)]


def as_json(rows):
    return json.dumps(rows, indent=2) + "\n"


def as_yaml(rows):
    return "".join(
        f"- id: {row['id']}\n  name: {row['name']}\n  difficulty: {row['difficulty']}\n"
        f"  status: {row['status']}\n  tags: [{', '.join(row['tags'])}]\n"
        for row in rows
    )


def test_cases_of_the_same_schema_are_not_the_assistants(workshop):
    workshop.log.write("data/cases.json", as_json(cases("assistant")))
    workshop.log.write("data/cases.yaml", as_yaml(cases("assistant")))
    assert workshop.found("evals/cases.json", as_json(cases("human"))) == []
    assert workshop.found("evals/cases.yaml", as_yaml(cases("human"))) == []


def test_one_case_of_the_same_schema_is_not_the_assistants(workshop):
    workshop.log.write("data/cases.json", as_json(cases("assistant")))
    assert workshop.found("evals/one.json", as_json(cases("human", 1))) == []


def test_cases_that_were_copied_are_found(workshop):
    told = cases("assistant")
    for number, row in enumerate(told):
        row["prompt"] = f"Walk from chamber {number * 37} to the {' and the '.join(NAMES[:5])}."
    workshop.log.write("data/cases.json", as_json(told))
    mixed = [*cases("human", 20), *told[100:104]]
    regions = workshop.found("evals/cases.json", as_json(mixed))
    assert regions
    assert min(first for _, first, _ in regions) > as_json(cases("human", 20)).count("\n") - 2


@given(st.binary(max_size=120))
def test_plain_and_numpy_see_the_same_form(codes):
    if len(codes) >= 4:
        bulk = [bool(flag) for flag in forms._repeated_bulk(codes)]
        assert bulk == list(forms.repeated(codes))


def test_text_without_a_name_is_judged_by_its_looks():
    assert forms.is_data(None, b'{"a": 1}')
    assert forms.is_data(None, b"a: 1\nb: 2\n- c: 3\n")
    assert not forms.is_data(None, b"def walk(maze):\n    return maze.exit\n")
    assert forms.is_data("evals/cases.yaml", b"")
    assert not forms.is_data("evals/grader.py", b"{}")
