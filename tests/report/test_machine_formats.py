"""JSON, JSON Lines, SARIF and GitHub annotations, as their readers take them."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.model import Level, LintResult, Skip, Strength
from redline.report import github, sarif
from redline.report import json as json_report
from redline.report.line_hash import line_hashes

from .build import evidence_of, find, result_of

CHECKOUT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((CHECKOUT / "docs" / "findings.schema.json").read_text("utf-8"))
MULTITOOL = "node_modules/@microsoft/sarif-multitool-linux"

DATA = "import re\n\n\ndef score(answer):\n    say('😀', answer)\n    return 0\n".encode()
HOSTILE = "a\n::error::b,c:d%0A\x1b[1m\udcff.py"
SKIPS = (
    Skip("evals/a.bin", "is binary", True, "name it if people made it"),
    Skip("b", "too large", False),
)


def every_kind() -> LintResult:
    weak = evidence_of(Strength.SUSPECTED, "a marker", bits=float("nan"), time=1 << 70, model=None)
    strong = evidence_of(bits=61.5, time=1_782_900_120_045, session="s-1", commit="ab12")
    return result_of(
        find(DATA, b"def score(answer):\n", evidence=(strong, weak), share=0.5),
        find(DATA, "'😀', answer".encode(), level=Level.WARNING),
        find(DATA, b"return 0", level=Level.NOTE, path=HOSTILE, message="%x\n::error::y [z](1)"),
        find(DATA, b"import re", suppressed="waived by alice until 2027"),
        skipped=SKIPS,
    )


def audit(result: LintResult, code: int = 1) -> dict:
    return json.loads("".join(sarif.render(result, lambda path: DATA, code)))


def upload(result: LintResult, changed) -> dict:
    return json.loads("".join(sarif.render_upload(result, lambda path: DATA, 1, changed)))


def test_json_is_valid_by_its_schema():
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for result in (every_kind(), result_of()):
        validator.validate(json.loads("".join(json_report.render(result))))


def test_json_says_where_what_and_why():
    report = json.loads("".join(json_report.render(every_kind())))
    assert (
        report["findings"][3]
        == {
            "rule": "grader-external",
            "level": "error",
            "effect": "forbid",
            "path": "graders/score.py",
            "zone": "grader",
            "reason": "matches 'graders/**'",
            "assistant": "codex",
            "model": "gpt-5.2",
            "region": {
                "start": {"line": 4, "column": 1},
                "end": {"line": 5, "column": 1},
                "byte_start": 12,
                "byte_end": 31,
            },
            "unit": None,
            "share": 0.5,
            "strength": "recorded",
            "bits": 61.5,
            "evidence": [
                {
                    "kind": "session",
                    "strength": "recorded",
                    "assistant": "codex",
                    "model": "gpt-5.2",
                    "session": "s-1",
                    "time": "2026-07-01T10:02:00.045Z",
                    "commit": "ab12",
                    "detail": "Codex wrote these lines on 2026-06-30",
                },
                {
                    "kind": "session",
                    "strength": "suspected",
                    "assistant": "codex",
                    "model": None,
                    "session": None,
                    "time": None,
                    "commit": None,
                    "detail": "a marker",
                },
            ],
            "message": "External assistant output in a grader",
            "help": "Delete it and write the grader without the assistant",
            "fixes": [],
            "fingerprint": f"{12:032x}",
            "suppressed": None,
        }
        or report["findings"][2]
    )
    assert report["summary"] == {
        "errors": 1,
        "warnings": 1,
        "notes": 1,
        "suppressed": 1,
        "incomplete": True,
        "files_seen": 120,
        "files_protected": 40,
        "lines_protected": 5310,
        "zone_files": {"grader": 40},
    }


def test_columns_count_code_points():
    report = json.loads("".join(json_report.render(every_kind())))
    regions = {f["level"]: f["region"] for f in report["findings"] if not f["suppressed"]}
    assert regions["warning"] == {
        "start": {"line": 5, "column": 9},
        "end": {"line": 5, "column": 20},
        "byte_start": 39,
        "byte_end": 53,
    }


def test_a_name_that_is_not_utf_8_keeps_its_bytes():
    assert json_report.path_record("a\udcff") == {"path": "a\ufffd", "path_base64": "Yf8="}
    assert json_report.path_record("é") == {"path": "é"}


def test_json_lines_end_with_a_summary_and_are_valid_by_the_schema():
    *findings, last = map(json.loads, json_report.render_lines(every_kind()))
    finding = jsonschema.Draft202012Validator({**SCHEMA, **SCHEMA["$defs"]["finding"]})
    for record in findings:
        assert record.pop("type") == "finding"
        finding.validate(record)
    assert last.pop("type") == "summary"
    jsonschema.Draft202012Validator(SCHEMA).validate({**last, "findings": []})


# Vectors of GitHub's own tests of its fingerprints.
@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        (b"", ["c129715d7a2bc9a3:1"]),
        (
            b" a\nb\n  \t\tc\n d",
            [
                "271789c17abda88f:1",
                "54703d4cd895b18:1",
                "180aee12dab6264:1",
                "a23a3dc5e078b07b:1",
            ],
        ),
        (
            b" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
            [
                "8b7cf3e952e7aeb2:1",
                "b1ae1287ec4718d9:1",
                "bff680108adb0fcc:1",
                "c6805c5e1288b612:1",
                "b86d3392aea1be30:1",
                "e6ceba753e1a442:1",
            ],
        ),
    ],
)
def test_line_hashes_are_those_of_github(text, hashes):
    assert list(line_hashes(text, range(1, len(hashes) + 1)).values()) == hashes
    crlf = text.replace(b"\n", b"\r\n")
    assert list(line_hashes(crlf, range(1, len(hashes) + 1)).values()) == hashes


def test_equal_lines_are_counted():
    same = b"x" * 100 + b"\n"
    assert [h.split(":")[1] for h in line_hashes(same * 3, (1, 2, 3)).values()] == ["1", "2", "3"]


@given(st.binary(max_size=400), st.sets(st.integers(1, 30)))
def test_line_hashes_take_any_bytes(data, wanted):
    assert set(line_hashes(data, wanted)) <= wanted


def test_sarif_places_and_explains():
    run = audit(every_kind())["runs"][0]
    assert [(r["level"], r["locations"][0]["physicalLocation"]) for r in run["results"][1:]] == [
        (
            "error",
            {
                "artifactLocation": {"uri": "graders/score.py", "uriBaseId": "SRCROOT"},
                "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 10},
            },
        ),
        (
            "error",
            {
                "artifactLocation": {"uri": "graders/score.py", "uriBaseId": "SRCROOT"},
                "region": {"startLine": 4, "startColumn": 1, "endLine": 4, "endColumn": 19},
            },
        ),
        (
            "warning",
            {
                "artifactLocation": {"uri": "graders/score.py", "uriBaseId": "SRCROOT"},
                "region": {"startLine": 5, "startColumn": 9, "endLine": 5, "endColumn": 20},
            },
        ),
    ]
    hostile = run["results"][0]
    assert hostile["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == (
        "a%0A%3A%3Aerror%3A%3Ab%2Cc%3Ad%250A%1B%5B1m%FF.py"
    )
    assert hostile["message"]["text"].startswith("%x\\x0a::error::y (z)(1). Evidence: Codex")
    assert run["results"][1]["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "waived by alice until 2027",
        }
    ]


def test_sarif_links_to_the_rule_file_that_protects_the_place():
    ours = find(DATA, b"import re")
    shipped = find(DATA, b"return 0", origin="builtin:evals-default:71")
    first, second = audit(result_of(ours, shipped))["runs"][0]["results"]
    assert first["relatedLocations"] == [
        {
            "id": 1,
            "message": {"text": "Zone grader: matches 'graders/**'."},
            "physicalLocation": {
                "artifactLocation": {"uri": "redline.yaml", "uriBaseId": "SRCROOT"},
                "region": {"startLine": 12, "startColumn": 1, "endLine": 12, "endColumn": 1},
            },
        }
    ]
    assert "relatedLocations" not in second


def test_sarif_of_an_incomplete_run_was_not_successful():
    invocation = audit(every_kind(), 3)["runs"][0]["invocations"][0]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)
    assert [
        (n["level"], n["message"]["text"]) for n in invocation["toolExecutionNotifications"]
    ] == [
        ("note", "Consulted: sessions: 13 Codex, 4 Copilot, up to 2026-07-01 10:02 UTC"),
        ("note", "Not consulted: git-ai notes: the repository has no refs/notes/ai"),
        ("error", "Not judged: is binary. name it if people made it."),
        ("note", "Not judged: too large."),
    ]
    assert audit(result_of(), 0)["runs"][0]["invocations"][0]["executionSuccessful"] is True


def test_the_upload_holds_what_stands_within_changed_lines():
    found = find(DATA, DATA[12:])
    waived = replace(found, suppressed="waived")
    elsewhere = find(DATA, b"import re", path="other.py")
    changed = {"graders/score.py": [(1, 4), (6, 9)]}
    results = upload(result_of(found, waived, elsewhere), changed)["runs"][0]["results"]
    assert [r["locations"][0]["physicalLocation"]["region"] for r in results] == [
        {"startLine": 4, "startColumn": 1, "endLine": 4, "endColumn": 19},
        {"startLine": 6, "startColumn": 1, "endLine": 6, "endColumn": 13},
    ]
    assert len({json.dumps(r["partialFingerprints"]) for r in results}) == 2
    assert upload(result_of(found), {})["runs"][0]["results"] == []
    assert len(upload(result_of(found, elsewhere), None)["runs"][0]["results"]) == 2


def test_the_upload_stays_within_githubs_bound(monkeypatch):
    monkeypatch.setattr(sarif, "MAX_RESULTS", 2)
    note = find(DATA, b"import re", level=Level.NOTE)
    run = upload(result_of(note, find(DATA, b"def"), find(DATA, b"return")), None)["runs"][0]
    assert [r["level"] for r in run["results"]] == ["error", "error"]
    notifications = run["invocations"][0]["toolExecutionNotifications"]
    assert notifications[-1]["message"]["text"] == "1 of 3 results were left out."


def empty_strings(value, where="$"):
    if value == "":
        yield where
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from empty_strings(inner, f"{where}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from empty_strings(inner, f"{where}[]")


def test_sarif_has_no_empty_string():
    bare = find(DATA, b"def", help="", reason="", message="m", suppressed="")
    for log in (audit(every_kind()), audit(result_of(bare)), upload(result_of(), None)):
        assert list(empty_strings(log)) == []


@pytest.fixture(scope="session")
def multitool() -> Path:
    """Microsoft's validator and its copy of the schema, where ``make test`` puts them."""
    home = os.environ.get("REDLINE_TEST_TOOLS")
    if home and (Path(home) / MULTITOOL).is_dir():
        return Path(home).resolve() / MULTITOOL
    pytest.skip("needs npm's @microsoft/sarif-multitool-linux, which `make test` installs")


def logs() -> dict[str, dict]:
    changed = {"graders/score.py": [(4, 5)]}
    return {
        "audit": audit(every_kind(), 3),
        "clean": audit(result_of(), 0),
        "upload": upload(every_kind(), changed),
    }


def test_sarif_is_valid_by_the_schema(multitool):
    schema = json.loads((multitool / "sarif-2.1.0.json").read_text("utf-8-sig"))
    for log in logs().values():
        jsonschema.validators.validator_for(schema)(schema).validate(log)


def test_sarif_is_valid_by_githubs_rules(multitool, tmp_path):
    program = multitool / "Sarif.Multitool"
    program.chmod(0o755)  # npm drops the mode where install scripts are off
    complaints = {}
    for name, log in logs().items():
        file, verdict = tmp_path / f"{name}.sarif", tmp_path / f"{name}.verdict"
        file.write_text(json.dumps(log), "utf-8")
        subprocess.run(
            [
                *(program, "validate", file, "--rule-kind", "Sarif;Ghas"),
                *("--level", "Error;Warning", "--output", verdict, "--log", "ForceOverwrite"),
            ],
            check=False,
            capture_output=True,
            env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        )
        # It exits with 0 whatever it finds: only its report tells.
        run = json.loads(verdict.read_text("utf-8-sig"))["runs"][0]
        complaints[name] = [
            (r["ruleId"], r["message"])
            for r in run.get("results", ())
            # It wants an address of the tool; there is none that we could promise.
            if r["message"]["id"] != "Warning_ProvideToolnformationUri"
        ]
    assert complaints == {"audit": [], "clean": [], "upload": []}


def annotations(result: LintResult) -> list[str]:
    return "".join(github.render(result, lambda path: DATA, summary_file=True)).splitlines()


def test_annotations_escape_what_the_runner_reads():
    hostile = find(DATA, b"def", path=HOSTILE, message="100%\n::error::x\x1b[1m", help="h")
    assert annotations(result_of(hostile))[0] == (
        "::error title=redline%3A grader-external,"
        "file=a%0A%3A%3Aerror%3A%3Ab%2Cc%3Ad%250A\\x1b[1m\\xff.py,line=4,endLine=4,col=1,endColumn=4"
        "::100%25\\x0a::error::x\\x1b[1m "
        "(recorded: Codex wrote these lines on 2026-06-30). h"
    )


def test_at_most_nine_annotations_a_level_then_a_notice():
    errors = [find(DATA, b"def", fingerprint=str(n)) for n in range(12)]
    warnings = [replace(finding, level=Level.WARNING) for finding in errors[:3]]
    lines = annotations(result_of(*errors, *warnings))
    commands = [line.split(" ")[0] for line in lines if line.startswith("::")]
    assert commands == ["::error"] * 9 + ["::warning"] * 3 + ["::notice"]
    assert lines[12] == "::notice title=Redline::3 more findings; the job's summary lists all"
    assert lines[13:] == [
        "Found 12 errors and 3 warnings in 1 file. "
        "Looked at 40 protected files (5,310 lines) of 120 files.",
        "Consulted: sessions: 13 Codex, 4 Copilot, up to 2026-07-01 10:02 UTC",
        "Not consulted: git-ai notes: the repository has no refs/notes/ai",
    ]


def test_an_incomplete_run_is_an_error_of_its_own():
    assert "::error title=Redline%3A incomplete::1 protected place not judged" in annotations(
        result_of(skipped=SKIPS)
    )


@given(st.text(), st.text(), st.text())
def test_no_text_adds_a_command(path, message, detail):
    evidence = (evidence_of(detail=detail),)
    found = find(DATA, b"def", path=path or "p", message=message, evidence=evidence)
    lines = "".join(github.render(result_of(found), lambda path: DATA, summary_file=False)).split(
        "\n"
    )
    assert [line[:8] for line in lines if line.lstrip().startswith("::")] == ["::error "]


def test_the_job_summary_lists_findings_and_keeps_its_bound():
    found = [find(DATA, b"def", path=f"graders/a|b_{n}.py") for n in range(50)]
    whole = "".join(github.render_summary(result_of(*found), lambda path: DATA))
    assert whole.count("\n| error |") == 50
    assert "graders/a\\|b\\_0.py:4" in whole
    part = "".join(github.render_summary(result_of(*found), lambda path: DATA, room=4_000))
    assert len(part.encode()) <= 4_000
    assert part.endswith(" more did not fit here.\n")
