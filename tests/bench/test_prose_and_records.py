"""Prose and records keep their words through every change that says so."""

import csv
import json
import random

import pytest
import yaml
from bench.matching import prose_mutations as prose
from bench.matching import record_mutations as records
from bench.matching.corpora import Document

PASSAGE = """\
The harbour of the old town was built in *three* stages. First came a mole of rubble, which
the winter storms carried away within ten years. Then the masons' guild paid for a wall of
dressed stone. It still stands, although nobody has repaired it since the railway came.

- Ships of up to ninety feet could be moored at the inner quay, for a fee of "two crowns".
- Larger ones had to wait in the roads. See [the tables](tables.md) for what they paid.
"""
DOCUMENT = Document(
    "town/docs/harbour.md",
    "# The harbour\n\n"
    + PASSAGE
    + "\n```js\nlet x = 1;\n\nlet y = 2;\n```\n\n## Fees\n\n"
    + PASSAGE,
)
WORDS = ["apricot", "barrel", "candle"]


def words_of(text):
    return [word.strip("*_`[]()\"'“”.,#-").lower() for word in text.split()]


def test_fences_with_blank_lines_are_one_block_and_no_prose():
    fenced = [block for block in prose.blocks(DOCUMENT.text) if "```" in block.text]
    assert len(fenced) == 1
    assert not fenced[0].is_prose
    assert DOCUMENT.text.split("\n")[fenced[0].first] == "```js"


def test_passages_are_whole_paragraphs():
    assert list(prose.passages(DOCUMENT)) == [PASSAGE, PASSAGE]


def test_reflowing_keeps_every_word_in_order():
    after = prose.reflowed(PASSAGE, random.Random(1), WORDS)
    assert after.split() == PASSAGE.split()
    assert max(map(len, after.splitlines())) <= 58


def test_other_marks_keep_every_word():
    after = prose.remarked(PASSAGE, random.Random(1), WORDS)
    assert "*three*" not in after
    assert "“two crowns”" in after
    assert "masons’" not in after  # a closing quote is no apostrophe within a word
    assert after.startswith("THE HARBOUR OF THE")
    assert "tables.md" not in after
    assert len(after.split()) == len(PASSAGE.split())


@pytest.mark.parametrize("share", [0.10, 0.25])
def test_that_share_of_the_words_is_other_peoples(share):
    after = prose.reworded(share)(PASSAGE, random.Random(1), WORDS)
    old, new = PASSAGE.split(), after.split()
    assert sum(a != b for a, b in zip(old, new, strict=True)) == round(len(old) * share)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_snippet_has_so_many_sentences_in_a_row(count):
    after = prose.snippet(count)(PASSAGE, random.Random(1), WORDS)
    every = prose.sentences(PASSAGE)
    runs = [" ".join(every[at : at + count]) for at in range(len(every) - count + 1)]
    assert " ".join(after.split()) in runs


def test_reordered_sentences_are_the_same_sentences():
    after = prose.reordered(PASSAGE, random.Random(1), WORDS)
    assert sorted(prose.sentences(after)) == sorted(prose.sentences(PASSAGE))
    assert prose.sentences(after) != prose.sentences(PASSAGE)


def test_a_comment_holds_the_words_behind_its_marks():
    after = prose.as_comment(PASSAGE, random.Random(1), WORDS)
    assert all(line.startswith("#") for line in after.splitlines())
    assert words_of(after.replace("#", "")) == words_of(PASSAGE)


@pytest.fixture
def rows():
    found = records.rows(DOCUMENT)
    assert len(found) == 2
    return found


def test_rows_ask_by_the_heading_and_answer_with_the_second_paragraph(rows):
    assert [row["question"] for row in rows] == ["The harbour", "Fees"]
    assert rows[0]["answer"].startswith("- Ships of up to")
    assert list(rows[0]) == list(records.FIELDS)


@pytest.mark.parametrize("write", [records.respaced, records.escaped, records.verbatim])
def test_rewritten_rows_hold_the_same_values(rows, write):
    text = write(rows, random.Random(1), WORDS)
    assert [json.loads(line) for line in text.splitlines()] == rows


def test_keys_get_other_names_and_values_stay(rows):
    text = records.rekeyed(rows, random.Random(1), WORDS)
    for line, row in zip(text.splitlines(), rows, strict=True):
        other = json.loads(line)
        assert not set(other) & set(row)
        assert list(other.values()) == list(row.values())


def test_one_field_of_four_changes(rows):
    text = records.one_field_reworded(rows, random.Random(1), WORDS)
    for line, row in zip(text.splitlines(), rows, strict=True):
        assert sum(row[key] != value for key, value in json.loads(line).items()) == 1


def test_csv_and_yaml_hold_the_same_rows(rows):
    told = [list(row.values()) for row in rows]
    assert list(csv.reader(records.to_csv(rows, random.Random(1), WORDS).splitlines())) == told
    assert yaml.safe_load(records.to_yaml(rows, random.Random(1), WORDS)) == rows
