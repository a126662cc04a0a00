"""What an assistant wrote is found inside values, cells, fences and strings, on the right lines."""

from __future__ import annotations

import csv
import io
import json
import random

import pytest
import yaml

from assistant_log import HOME, WROTE_AT, Log, indexed
from maze import WALK
from redline.detect.sessions import SessionDetector

RENAMED = {
    "labyrinth": "graph", "entrance": "begin", "treasure": "finish", "frontier": "queue",
    "visited": "known", "chamber": "node", "torches": "trail", "corridor": "edge",
}  # fmt: skip
OTHER = "def score(answer, key):\n    return float(answer.strip().lower() == key.strip().lower())\n"
QUEST = (
    "A lantern-bearer stands at the north gate of a hedge maze whose walls shift by one cell"
    " every hour. Say in how many hours she reaches the fountain if she turns left whenever"
    " the lamp flickers, and explain which of the seven gardeners could have seen her pass."
)


def renamed(text):
    for old, new in RENAMED.items():
        text = text.replace(old, new)
    return text


@pytest.fixture
def ask(tmp_path):
    """Write a session, index it, and ask what it accounts for in a file."""
    log = Log(tmp_path / "sessions" / "one.jsonl")

    def asked(path, text, times=None):
        data = text.encode() if isinstance(text, str) else text
        index = indexed(tmp_path / "sessions", tmp_path / "index.db")
        with SessionDetector.open(index) as sessions:
            evidence = sessions.evidence(path, HOME, data, times)
        return [
            (
                str(item.strength),
                data.count(b"\n", 0, item.span.start) + 1,
                data.count(b"\n", 0, max(0, item.span.end - 1)) + 1,
                item.detail,
            )
            for item in evidence
        ]

    asked.log = log
    return asked


def rows(*solutions):
    return [
        {"id": f"maze-{number}", "solution": solution, "ok": True}
        for number, solution in enumerate(solutions)
    ]


def test_the_row_above_a_copied_one_stays_with_its_author(ask):
    told = [
        "Two lanterns on the pier mean that the tide has turned early.",
        "A heron waits at the weir until the mill stops turning.",
        QUEST,
    ]
    mine = [
        "Every gardener swore that the hedge had been cut by another.",
        "Nobody on the ferry could say which of the bells had rung.",
        QUEST,
    ]
    ask.log.write("data/told.jsonl", "".join(json.dumps({"task": row}) + "\n" for row in told))
    found = ask("evals/mine.jsonl", "".join(json.dumps({"task": row}) + "\n" for row in mine))
    assert {(first, last) for _, first, last, _ in found} == {(3, 3)}


def test_a_function_in_a_json_value_is_found_as_its_row(ask):
    ask.log.write("scratch/walk.py", WALK)
    text = "".join(json.dumps(row) + "\n" for row in rows(OTHER, WALK, OTHER))
    [(strength, first, last, detail)] = ask("data/tasks.jsonl", text)
    assert (strength, first, last) == ("matched", 2, 2)
    assert "here in row 2, /solution" in detail


@pytest.mark.parametrize("change", [str, renamed])
@pytest.mark.parametrize(
    "dump", [lambda r: json.dumps(r, indent=2), lambda r: json.dumps(r, ensure_ascii=False)]
)
def test_a_renamed_function_in_a_json_document_is_found(ask, change, dump):
    ask.log.write("scratch/walk.py", WALK)
    text = dump(rows(OTHER, change(WALK)))
    [(strength, first, last, detail)] = ask("data/tasks.json", text)
    assert strength == "matched"
    assert "shortest" in text.splitlines()[first - 1]
    assert first == last
    assert "here in /1/solution" in detail


def test_a_function_in_a_cell_of_a_table_is_found(ask):
    ask.log.write("scratch/walk.py", WALK)
    out = io.StringIO()
    table = csv.DictWriter(out, ["id", "solution", "ok"], lineterminator="\n")
    table.writeheader()
    table.writerows(rows(OTHER, renamed(WALK), OTHER))
    [(strength, first, last, detail)] = ask("data/tasks.csv", out.getvalue())
    begin = out.getvalue()[: out.getvalue().index("def shortest")].count("\n") + 1
    assert (strength, first) == ("matched", begin)
    assert begin + 12 <= last <= begin + 13
    assert "here in row 2, column solution" in detail


def test_a_function_in_a_notebook_is_found_as_its_cell(ask):
    ask.log.write("scratch/walk.py", WALK)
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Walks\n"]},
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": OTHER.splitlines(True)},
        {"cell_type": "code", "metadata": {}, "outputs": [],
         "source": renamed(WALK).splitlines(True)},
    ]  # fmt: skip
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=1)
    [(strength, first, last, detail)] = ask("graders/walk.ipynb", text)
    shown = text.splitlines()
    begin = next(row for row, line in enumerate(shown, 1) if "def shortest" in line)
    assert strength == "matched"
    assert first == begin
    assert abs(last - (begin + 12)) <= 1
    assert "here in cell 3" in detail


def test_a_cell_that_was_written_to_the_notebook_is_recorded(ask):
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": WALK.splitlines(True)}]
    book = {"cells": cells, "metadata": {}, "nbformat": 4}
    ask.log.write("graders/walk.ipynb", json.dumps(book))
    text = json.dumps(book, indent=1)
    told = ask("graders/walk.ipynb", text)
    begin = text[: text.index("def shortest")].count("\n") + 1
    [(first, last)] = [(first, last) for name, first, last, _ in told if name == "recorded"]
    assert (first, last) == (begin, begin + 12)


def test_a_renamed_function_in_a_fence_is_found(ask):
    ask.log.write("scratch/walk.py", WALK)
    text = f"# Walks\n\nThe task is to walk.\n\n```python\n{renamed(WALK)}```\n\nThat is all.\n"
    [(strength, first, last, _)] = ask("docs/task.md", text)
    assert strength == "matched"
    assert (first, last) == (6, 18)


def test_a_renamed_function_in_a_yaml_block_is_found(ask):
    ask.log.write("scratch/walk.py", WALK)
    block = "".join(f"      {line}" for line in renamed(WALK).splitlines(True))
    text = f"tasks:\n  - id: maze\n    solution: |\n{block}    points: 3\n"
    [(strength, first, last, _)] = ask("data/tasks.yaml", text)
    assert strength == "matched"
    assert (first, last) == (4, 16)


def test_a_function_in_a_quoted_yaml_scalar_is_found(ask):
    ask.log.write("scratch/walk.py", WALK)
    text = yaml.dump(rows(OTHER, WALK), default_style='"')
    [(strength, first, _, detail)] = ask("data/tasks.yaml", text)
    assert strength == "matched"
    assert "def shortest" in text.splitlines()[first - 1]
    assert "here in key solution" in detail


def test_a_function_in_a_string_literal_is_found(ask):
    ask.log.write("scratch/walk.py", WALK)
    text = f"import os\n\nANSWER = {json.dumps(WALK)}\n"
    [(strength, first, last, _)] = ask("graders/walk.py", text)
    assert (strength, first, last) == ("matched", 3, 3)


def test_a_row_of_json_is_found_in_a_table(ask):
    quests = [
        {"name": f"Gate of {word}", "guard": f"{word}wyn the {word}some", "torches": 17 * len(word),
         "hall": f"hall-{word}-{len(word)}"}
        for word in "amber basalt cobalt dogwood elder foxglove".split()
    ]  # fmt: skip
    ask.log.write("scratch/quests.jsonl", "".join(json.dumps(quest) + "\n" for quest in quests))
    out = io.StringIO()
    table = csv.DictWriter(out, ["hall", "torches", "guard", "name"], lineterminator="\n")
    table.writeheader()
    table.writerows([{"hall": "x", "torches": 1, "guard": "y", "name": "z"}, *quests])
    [(_, first, last, detail)] = ask("data/quests.csv", out.getvalue())
    assert (first, last) == (3, 8)
    assert "here in rows 2 to 7" in detail


def test_a_prompt_of_json_is_found_in_prose(ask):
    ask.log.write("scratch/t.jsonl", json.dumps({"prompt": f"\u201cRead\u201d:\n{QUEST}"}) + "\n")
    [(strength, first, last, _)] = ask("evals/task.md", f"# Task\n\n{QUEST}\n\nGood luck.\n")
    assert (strength, first, last) == ("matched", 3, 3)


def test_what_the_assistant_read_in_a_value_is_not_its_own(ask):
    ask.log.read("data/tasks.jsonl", "".join(json.dumps(row) + "\n" for row in rows(WALK, OTHER)))
    ask.log.write("scratch/walk.py", WALK)
    text = json.dumps(rows(WALK), indent=1)
    assert ask("data/copy.json", text) == []


def test_a_value_that_is_older_than_the_message_is_not_the_assistants(ask):
    ask.log.write("scratch/walk.py", WALK)
    text = "".join(json.dumps(row) + "\n" for row in rows(OTHER, WALK, OTHER))
    old, young = WROTE_AT - 3_600_000, WROTE_AT + 3_600_000
    assert ask("data/tasks.jsonl", text, [young, old, young]) == []
    assert len(ask("data/tasks.jsonl", text, [old, young, old])) == 1


@pytest.mark.parametrize("path", ["data/theirs.csv", "data/theirs.jsonl"])
def test_unlike_rows_with_equal_keys_and_words_are_no_match(ask, path):
    def drawn(seed):
        draw = random.Random(seed)
        langs, levels = ["python", "java", "rust", "go"], ["easy", "medium", "hard"]
        for number in range(300):
            lang, level = draw.choice(langs), draw.choice(levels)
            yield {"id": number, "lang": lang, "level": level, "ok": draw.random() < 0.5}

    ask.log.write("scratch/mine.jsonl", "".join(json.dumps(row) + "\n" for row in drawn(1)))
    if path.endswith("csv"):
        out = io.StringIO()
        table = csv.DictWriter(out, ["ok", "level", "id", "lang"], lineterminator="\n")
        table.writeheader()
        table.writerows(drawn(2))
        assert ask(path, out.getvalue()) == []
    else:
        assert ask(path, "".join(json.dumps(row) + "\n" for row in drawn(2))) == []


def test_a_text_column_of_parquet_is_read(ask):
    pyarrow = pytest.importorskip("pyarrow", reason="install redline-lint[parquet]")
    parquet = pytest.importorskip("pyarrow.parquet", reason="install redline-lint[parquet]")
    ask.log.write("scratch/walk.py", WALK)
    out = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(rows(OTHER, renamed(WALK))), out)
    [(strength, first, last, detail)] = ask("data/tasks.parquet", out.getvalue())
    assert (strength, first, last) == ("matched", 1, 1)
    assert "here in row 2, column solution" in detail
