"""Help while a rule file is written: what may stand here, what it means, where it is defined."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from redline.policy import builtin_names, builtin_pack, raw, shapes
from redline.policy.authoring.completion import complete
from redline.policy.authoring.hover import hover
from redline.policy.authoring.parts import Point
from redline.policy.authoring.preview import preview, queries, query_at
from redline.policy.authoring.problem_places import Places
from redline.policy.authoring.scanning import lines_of
from redline.policy.authoring.world import World, definition, references, refs_of, source
from redline.policy.document import keys_section
from redline.policy.problems import PolicyProblem

DEFAULT = "builtin:evals-default"
LINE = builtin_pack("evals-default").decode().partition("- id: grader\n")[0].count("\n") + 1
PATHS = (
    "evals/maze/task.py",
    "graders/score.py",
    "packs/team.yaml",
    "src/a b.py",
    "src/marks.py",
    "src/run.py",
)
HEAD = "schema: policy/1\n"


def world_of(marked: str, **others: str) -> tuple[World, Point]:
    """The world of a rule file with a cursor ``^`` in it, upon the default and others."""
    before, _, after = marked.partition("^")
    point = Point(before.count("\n") + 1, len(before) - before.rfind("\n"))
    sources = [
        source(DEFAULT, "/shipped/evals-default.yaml", builtin_pack("evals-default").decode())
    ]
    sources += [source(name, f"/root/{name}", text) for name, text in others.items()]
    sources.append(source("redline.yaml", "/root/redline.yaml", before + after))
    return World(tuple(sources), "redline.yaml", PATHS), point


def proposed(marked: str, **others: str) -> list[str]:
    return [one.label for one in complete(*world_of(marked, **others))]


def applied(marked: str, label: str, **others: str) -> str:
    """The text after a proposal is taken."""
    world, point = world_of(marked, **others)
    [one] = [one for one in complete(world, point) if one.label == label]
    assert one.stretch.start.line == one.stretch.end.line == point.line
    assert one.stretch.start <= point <= one.stretch.end
    lines = world.current.text.split("\n")
    line = lines[point.line - 1]
    start, end = one.stretch.start.column - 1, one.stretch.end.column - 1
    lines[point.line - 1] = line[:start] + one.insert + line[end:]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("marked", "labels"),
    [
        ("^", ["schema", "pack", "extends", "assistants", "zones", "rules", "levels", "tests"]),
        (HEAD + "zo^", ["pack", "extends", "assistants", "zones", "rules", "levels", "tests"]),
        (HEAD + "zones:\n  - ^", ["id", "title", "globs", "not", "content", "units"]),
        (HEAD + "zones:\n- i^", ["id", "title", "globs", "not", "content", "units"]),
        (HEAD + "zones:\n  - id: x\n    ^\n", ["title", "globs", "not", "content", "units"]),
        (HEAD + "zones:\n  - id: x\n    ^\n    globs: [a]\n", ["title", "not", "content", "units"]),
        (HEAD + "zones:\n  - {id: x, ^}\n", ["title", "globs", "not", "content", "units"]),
        (HEAD + "levels:\n  ^", ["forbid", "review", "record"]),
        (HEAD + "levels:\n  forbid: {^", ["recorded", "matched", "declared", "suspected"]),
        (HEAD + "levels:\n  forbid: {recorded: ^", ["error", "warning", "note", "none"]),
        (HEAD + "levels:\n  forbid: {recorded: ^}", ["error", "warning", "note", "none"]),
        (HEAD + "rules:\n  - id: x\n    effect: ^", ["forbid", "review", "record", "allow"]),
        (HEAD + "rules:\n  - id: x\n    effect: f^", ["forbid", "review", "record", "allow"]),
        (HEAD + "rules:\n  - id: x\n    effect:^", []),
        (HEAD + "rules: []  # eff^", []),
        (HEAD + "tests:\n  - name: x\n    guarantee: ^", ["true", "false"]),
        (HEAD + "zones:\n  - id: x\n    units: [{lang: yaml, ^}]", ["keys", "query", "files"]),
        (HEAD + "zones:\n  - id: x\n    units:\n      - lang: dockerfile\n        ^",
         ["named", "query", "files"]),
        (HEAD + "zones:\n  - id: x\n    units: [{lang: python, named: [a], ^}]", ["files"]),
        (HEAD + "nonsense:\n  - ^", []),
        (HEAD + "why: [^]", []),
    ],
)  # fmt: skip
def test_keys_and_words_that_may_stand_here(marked, labels):
    assert proposed(marked) == labels


BROKEN = HEAD + "rules:\n  - id: a\n    title: 'never closed\n  - {id: b, zones: [grader\nzones:\n"


def test_it_works_while_the_file_is_broken():
    assert proposed(BROKEN + "  - ^")[:2] == ["id", "title"]
    assert "grader" in proposed(BROKEN.replace("[grader", "[gra^der"))


@pytest.mark.parametrize(
    ("marked", "some"),
    [
        (HEAD + "rules:\n  - zones: [^]", {"grader", "eval-task", "own"}),
        (HEAD + "rules:\n  - zones:\n      - ^", {"grader", "eval-task", "own"}),
        (HEAD + "zones:\n  - id: ^", {"grader", "eval-task"}),
        (HEAD + "rules:\n  - id: gr^", {"grader-external"}),
        (HEAD + "tests:\n  - expect:\n      - {rule: ^", {"grader-external", "own-rule"}),
        (HEAD + "rules:\n  - by: [^]", {"external", "in-house", "any", "codex*", "ours*"}),
        (HEAD + "tests:\n  - facts: [{by: ^", {"codex", "unknown", "ours"}),
        (HEAD + "extends: [^]", {f"builtin:{name}" for name in builtin_names()}),
        (HEAD + "extends: [^]", {"file:packs/team.yaml"}),
        (HEAD + "extends:\n  - ref: b^", {"builtin:inspect"}),
        (HEAD + "zones: [{id: x, units: [{lang: ^", {"python", "yaml", "rust"}),
        (HEAD + "rules:\n  - fixes: [^", {"remove", "declare", "blank-body"}),
        (HEAD + "zones:\n  - globs: [^", {"evals/", "graders/", "src/"}),
        (HEAD + "zones:\n  - globs: [src/^", {"src/a b.py", "src/marks.py"}),
        (HEAD + "zones:\n  - globs: [/src/^", {"/src/marks.py"}),
        (HEAD + "tests:\n  - files: {^", {"src/"}),
        (HEAD + "tests:\n  - files: {a/b.py: x}\n    facts:\n      - path: ^", {"a/b.py"}),
    ],
)
def test_names_that_may_stand_here(marked, some):
    own = (
        "zones: [{id: own, title: Own, globs: [x]}]\n"
        "rules: [{id: own-rule, effect: forbid}]\n"
        "assistants: [{class: in-house, names: [ours*]}]\n"
    )
    assert some <= set(proposed(marked, **{"packs/own.yaml": own}))


def test_a_name_is_not_proposed_for_itself():
    assert "fresh" not in proposed(HEAD + "zones:\n  - id: fresh^\n")


@pytest.mark.parametrize(
    ("marked", "label", "after"),
    [
        ("zo^", "zones", "zones:"),
        ("^", "schema", "schema: "),
        ("z^one: x", "zones", "zones: x"),
        ("rules:\n  - effect: fo^rbid # why", "review", "rules:\n  - effect: review # why"),
        ("rules:\n  - zones: ['gr^', b]", "grader", "rules:\n  - zones: ['grader', b]"),
        ("rules:\n  - zones: ^", "[grader]", "rules:\n  - zones: [grader]"),
        ("zones:\n  - globs: [src/^]", "src/a b.py", "zones:\n  - globs: [src/a b.py]"),
    ],
)
def test_a_proposal_replaces_the_word_around_the_cursor(marked, label, after):
    assert applied(marked, label) == after


def test_what_yaml_would_misread_is_quoted():
    world, point = world_of("zones:\n  - globs: [^]")
    odd = World(world.sources, world.here, ("*.py", "#notes/a"))
    assert {one.insert for one in complete(odd, point)} == {'"*.py"', '"#notes/"'}


def test_every_proposed_key_explains_itself_as_the_pages_do():
    keys = complete(*world_of("^"))
    page = keys_section()
    assert all(f"- `{key.label}`: {key.doc}" in page for key in keys)
    assert [key.label for key in keys if key.detail == "required"] == ["schema"]


def every_key(table=raw.RawPolicy, seen=()):
    if table in seen:
        return
    for field, key in shapes.keys_of(table).items():
        yield table, field, key
        inner = key.shape.item if isinstance(key.shape, shapes.Many) else key.shape
        if isinstance(inner, shapes.Table):
            yield from every_key(inner.type, (*seen, table))


def minimal(table, field):
    """A rule file that holds one key, in its place."""
    if table is raw.RawPolicy:
        return {shapes.spelt(field): 1}
    for outer, name, key in every_key():
        many = isinstance(key.shape, shapes.Many)
        inner = key.shape.item if many else key.shape
        if isinstance(inner, shapes.Table) and inner.type is table:
            value = {shapes.spelt(field): 1}
            return placed(outer, name, [value] if many else value)
    raise AssertionError(table)


def placed(table, field, value):
    if table is raw.RawPolicy:
        return {shapes.spelt(field): value}
    for outer, name, key in every_key():
        many = isinstance(key.shape, shapes.Many)
        inner = key.shape.item if many else key.shape
        if isinstance(inner, shapes.Table) and inner.type is table:
            inside = {shapes.spelt(field): value}
            return placed(outer, name, [inside] if many else inside)
    raise AssertionError(table)


@pytest.mark.parametrize(
    ("table", "field", "key"),
    [pytest.param(*one, id=f"{one[0].__name__}.{one[1]}") for one in every_key()],
)
def test_every_key_has_a_hover_with_the_words_of_the_schema(table, field, key):
    text = yaml.safe_dump(minimal(table, field))
    line = text.rstrip("\n").split("\n")[-1]
    column = line.index(shapes.spelt(field)) + 1
    world, _ = world_of("^" + text)
    told = hover(world, Point(text.rstrip("\n").count("\n") + 1, column))
    assert told is not None
    assert (told.name, told.doc, told.foreign) == (shapes.spelt(field), key.doc, False)


def told(marked: str, **others: str):
    found = hover(*world_of(marked, **others))
    return found and (found.name, found.doc, dict(found.facts))


def test_a_zone_tells_its_title_where_it_is_defined_and_its_rules():
    adds = "zones: [{id: grader, globs: [marks/], units: [{lang: python, named: [mark]}]}]\n"
    assert told(HEAD + "rules:\n  - zones: [gra^der]\n", **{"packs/own.yaml": adds}) == (
        "grader",
        "Graders, scorers and rubrics",
        {
            "Defined in": f"{DEFAULT}:{LINE}",
            "Added to in": "packs/own.yaml:1",
            "Places": "15 globs, 2 units",
            "Rules": "grader-external (forbid), paste-of-unknown-origin (record)",
        },
    )


def test_a_rule_tells_what_it_does_and_why():
    name, doc, facts = told(
        HEAD + "rules:\n  - {id: scaffolding-un^reviewed, effect: forbid, why: Because.}\n"
    )
    assert (name, doc) == (
        "scaffolding-unreviewed",
        "Assistant output in test scaffolding needs a human review",
    )
    assert facts["Effect"] == "review -> forbid"
    assert facts["Why"] == "Because."
    assert facts["Tightened in"] == "redline.yaml:3"
    assert facts["Defined in"].startswith(f"{DEFAULT}:")


def test_a_pack_tells_what_it_is_for():
    name, doc, facts = told(HEAD + "extends: [builtin:evals-^default]\n")
    assert name == DEFAULT
    assert doc.startswith("Keep external AI assistants out")
    assert facts["Version"] == "1.0.0"


def test_what_means_nothing_has_no_hover():
    assert told("# a no^te\n") is None
    assert told("nonsense: [x^]\n") is None
    assert told("^") is None


def places(targets) -> list[tuple[str, int, int, int]]:
    return [
        (one.path, one.stretch.start.line, one.stretch.start.column, one.stretch.end.column)
        for one in targets
    ]


def test_a_zone_name_leads_to_its_definition_also_in_a_shipped_pack():
    text = HEAD + "zones:\n  - {id: own, title: T, globs: [a]}\nrules:\n  - zones: [own, gr^ader]\n"
    [(path, line, start, end)] = places(definition(*world_of(text)))
    pack = builtin_pack("evals-default").decode().split("\n")
    assert path == "/shipped/evals-default.yaml"
    assert pack[line - 1][start - 1 : end - 1] == "grader"
    assert pack[line - 1].strip() == "- id: grader"
    own = text.replace("own, gr^ader", "o^wn, grader")
    assert places(definition(*world_of(own))) == [("/root/redline.yaml", 3, 10, 13)]


def test_a_rule_a_pack_and_a_tests_file_lead_to_where_they_are():
    own = "rules: [{id: own-rule, effect: forbid}]\n"
    text = HEAD + (
        "extends: ['file:packs/o^wn.yaml']\n"
        "tests:\n"
        "  - files: {a.py: x}\n"
        "    expect: [{rule: own-rule, path: a.py}]\n"
    )
    assert places(definition(*world_of(text, **{"packs/own.yaml": own}))) == [
        ("/root/packs/own.yaml", 1, 1, 1)
    ]
    text = text.replace("o^wn", "own")
    rule = text.replace("rule: own-rule", "rule: own-r^ule")
    assert places(definition(*world_of(rule, **{"packs/own.yaml": own}))) == [
        ("/root/packs/own.yaml", 1, 14, 22)
    ]
    file = text.replace("path: a.py", "path: a.^py")
    assert places(definition(*world_of(file, **{"packs/own.yaml": own}))) == [
        ("/root/redline.yaml", 4, 13, 17)
    ]


def test_references_are_found_in_every_file():
    text = HEAD + (
        "zones:\n  - {id: gr^ader, globs: [a]}\n"
        "rules:\n  - {id: more, zones: ['grader', eval-task], by: [any], effect: record}\n"
    )
    world, point = world_of(text)
    found = places(references(world, point, declaration=False))
    assert found[-1] == ("/root/redline.yaml", 5, 25, 31)
    assert {path for path, *_ in found} == {"/root/redline.yaml", "/shipped/evals-default.yaml"}
    every = places(references(world, point, declaration=True))
    assert ("/root/redline.yaml", 3, 10, 16) in every
    assert len(every) == len(found) + 2


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        (HEAD, (DEFAULT,)),
        (HEAD + "extends: []", ()),
        (HEAD + "extends: [builtin:inspect, {ref: 'file:a.yaml', sha256: x}",
         ("builtin:inspect", "file:a.yaml")),
        (HEAD + "extends:\n  - builtin:inspect\n  - ref: file:b.yaml\n  broken: [",
         ("builtin:inspect", "file:b.yaml")),
    ],
)  # fmt: skip
def test_what_a_file_extends_is_known_while_it_is_broken(text, refs):
    assert refs_of(source("redline.yaml", None, text).outline) == refs


def test_a_problem_covers_what_stands_there():
    text = (
        "schema: policy/1\nzonez: []\nrules:\n  - id: x  \n    'by':   [who,\n     \U0001d54f]\n\n"
    )
    found = Places(text)

    def covered(line, column):
        stretch = found.of(PolicyProblem("redline.yaml", line, column, "wrong"))
        row = text.split("\n")[stretch.start.line - 1]
        assert stretch.start.line == stretch.end.line
        return row[stretch.start.column - 1 : stretch.end.column - 1]

    assert covered(2, 1) == "zonez"
    assert covered(4, 9) == "x"
    assert covered(4, 5) == "id"
    assert covered(5, 5) == "'by'"
    assert covered(5, 13) == "[who,"
    assert covered(6, 6) == "\U0001d54f"
    assert covered(99, 99) == ""
    assert covered(4, 99) == "- id: x"


MATCHING = (
    HEAD
    + """\
zones:
  - id: grader
    title: T
    globs: [graders/, "src/*.py"]
    not: [src/run.py]
    units:
      - {lang: python, decorated: [mark]}
  - id: by-content
    title: T
    globs: ["*.yaml"]
    content: ['^task:']
"""
)
FILES = {
    "graders/a.py": b"",
    "src/marks.py": b"",
    "src/run.py": b"",
    "lib/a.py": b"x = 1\n\n@mark\ndef a(): ...\n\n@mark\ndef b(): ...\n",
    "lib/b.py": b"x = 1\n",
    "own/riddle.yaml": b"task: x\n",
    "own/other.yaml": b"x: task\n",
}


def matched(kind: str, words: str, zone: str = "grader"):
    [query] = [
        one
        for one in queries(MATCHING, "redline.yaml")
        if (one.kind, one.words, one.zone) == (kind, words, zone)
    ]
    return preview(query, FILES, FILES.get)


def test_a_glob_and_a_unit_tell_what_they_match():
    assert matched("glob", "src/*.py").first == ("src/marks.py",)
    assert matched("glob", "graders/").files == 1
    found = matched("unit", "python decorated")
    assert (found.files, found.units, found.first) == (1, 2, ("lib/a.py:3",))
    zone = matched("zone", "")
    assert (zone.files, zone.units, zone.complete) == (3, 2, True)
    assert matched("glob", "*.yaml", "by-content").first == ("own/riddle.yaml",)
    assert matched("zone", "", "by-content").files == 1


def test_a_query_is_found_by_where_it_begins():
    found = queries(MATCHING, "redline.yaml")
    assert query_at(found, Point(5, 13)).words == "graders/"
    assert query_at(found, Point(5, 23)).words == "src/*.py"
    assert query_at(found, Point(8, 9)).kind == "unit"
    assert query_at(found, Point(3, 5)).kind == "zone"
    assert query_at(found, Point(1, 1)) is None


def test_a_preview_says_when_it_did_not_see_all():
    unreadable = {**FILES, "lib/c.py": None}
    [query] = [one for one in queries(MATCHING, "redline.yaml") if one.kind == "unit"]
    assert not preview(query, unreadable, unreadable.get).complete
    many = {f"lib/{n}.py": b"x" for n in range(3_000)}
    found = preview(query, many, many.get)
    assert not found.complete


def test_a_broken_file_has_no_queries():
    assert queries("zones: [", "redline.yaml") == ()
    assert queries(HEAD + "zones: [{id: Bad Id, globs: [a]}]", "redline.yaml") == ()


LETTERS = tuple("\n\n\n    [{:,'\"-#*&]}|>")
WORDS = (
    *("zones:", "- id: ", "globs: [", "rules:", "effect: ", "tests:", "extends: ", "{ref: "),
    *("units:", "lang: python", "files: {a: b}", "\U0001d54f", "\r"),
)
TEXTS = st.lists(st.sampled_from(LETTERS + WORDS), max_size=25).map("".join)


@given(TEXTS, st.integers(-1, 12), st.integers(-1, 40))
def test_no_text_and_no_place_makes_help_fail(text, line, column):
    world = World((source("redline.yaml", "/root/redline.yaml", text),), "redline.yaml", PATHS)
    point = Point(line, column)
    rows = lines_of(text)
    for one in complete(world, point):
        start, end = one.stretch
        assert start.line == end.line == line
        assert 1 <= start.column <= end.column <= len(rows[line - 1]) + 1
    found = hover(world, point)
    stretches = [found.stretch] if found else []
    stretches += [one.stretch for one in definition(world, point)]
    stretches += [one.stretch for one in references(world, point, declaration=True)]
    stretches.append(Places(text).stretch(line, column))
    for start, end in stretches:
        assert (1, 1) <= start <= end <= (len(rows), len(rows[-1]) + 1)
    queries(text, "redline.yaml")


def test_a_rule_file_in_a_folder_leads_to_the_root():
    root = HEAD + "zones: [{id: own, title: T, globs: [a]}]\n"
    inner = "zones: [{id: own, globs: [b]}]\n"
    world = World(
        (
            source("redline.yaml", "/root/redline.yaml", root),
            source("team/redline.yaml", "/root/team/redline.yaml", inner),
        ),
        "team/redline.yaml",
    )
    assert places(definition(world, Point(1, 15)))[0] == ("/root/redline.yaml", 2, 14, 17)


def test_a_problem_inside_a_literal_block_covers_its_line():
    text = HEAD + "zones:\n  - units:\n      - query: |\n          (wrong\n"
    assert Places(text).stretch(5, 1) == (Point(5, 11), Point(5, 17))
