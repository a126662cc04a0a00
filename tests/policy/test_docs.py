"""The pages and the schema say what the packs and the code say."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from redline.check import check
from redline.policy import builtin_names, builtin_pack, check_bytes, gather
from redline.policy.document import keys_section, rule_pages, schema_text
from redline.policy.rule_test_run import run_tests

DOCS = Path(__file__).resolve().parents[2] / "docs"
ADVICE = "run: python -m redline.policy.document docs"


def test_rule_pages_are_up_to_date():
    written = {page.name: page.read_text(encoding="utf-8") for page in (DOCS / "rules").iterdir()}
    assert written == rule_pages(), ADVICE


def test_the_key_reference_is_up_to_date():
    text = (DOCS / "rule-files.md").read_text(encoding="utf-8")
    assert text.endswith(keys_section()), ADVICE


def test_the_schema_is_up_to_date_and_valid():
    assert (DOCS / "policy.schema.json").read_text(encoding="utf-8") == schema_text(), ADVICE
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))


@pytest.mark.parametrize("name", builtin_names())
def test_the_schema_accepts_every_shipped_pack(name):
    jsonschema.validate(yaml.safe_load(builtin_pack(name)), json.loads(schema_text()))


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"schema": "policy/2"},
        {"schema": "policy/1", "zonez": []},
        {"schema": "policy/1", "zones": [{"title": "x"}]},
        {"schema": "policy/1", "rules": [{"id": "a", "effect": "block"}]},
        {"schema": "policy/1", "extends": [{"ref": "builtin:inspect", "sha256": "abc"}]},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(bad):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(bad, json.loads(schema_text()))
    with pytest.raises(Exception, match=r"redline\.yaml:\d"):
        check_bytes(json.dumps(bad).encode())


def test_the_example_of_the_guide_loads():
    guide = (DOCS / "rule-files.md").read_text(encoding="utf-8")
    example = guide.partition("```yaml\n")[2].partition("```")[0]
    policy = check_bytes(example.encode())
    assert policy.assistant_class("acme-code", None) == "in-house"
    assert policy.zones_of("src/marking/a.py")[0].zone == "grader"


def test_the_test_of_the_guide_passes(tmp_path):
    blocks = (DOCS / "rule-files.md").read_text(encoding="utf-8").split("```yaml\n")[1:]
    written = [block.partition("```")[0] for block in blocks]
    [test] = [block for block in written if block.startswith("tests:")]
    (tmp_path / "redline.yaml").write_text(written[0] + test)
    report = run_tests(gather(tmp_path), check)
    assert [outcome.failures for outcome in report.outcomes if not outcome.inherited] == [()]
    assert report.failed == ()
