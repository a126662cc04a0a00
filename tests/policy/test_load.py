"""Which files make a policy: found, extended, pinned, nested, kept between runs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from redline.policy import PolicyError, load_policy, nested_files

HEAD = "schema: policy/1\n"


def put(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def refusal(root: Path, **options) -> str:
    with pytest.raises(PolicyError) as raised:
        load_policy(root, **options)
    return str(raised.value)


def test_without_a_file_the_default_holds(tmp_path):
    policy = load_policy(tmp_path)
    assert policy.files == ("builtin:evals-default",)
    assert [rule.id for rule in policy.rules] == [
        "eval-task-external",
        "grader-external",
        "training-data-external",
        "model-accessible-ai",
        "paste-of-unknown-origin",
        "scaffolding-unreviewed",
        "calibration-unreviewed",
        "workflow-unreviewed",
    ]


def test_a_file_without_extends_builds_on_the_default(tmp_path):
    policy = load_policy(put(tmp_path, {"redline.yaml": HEAD}))
    assert policy.files == ("builtin:evals-default", "redline.yaml")
    put(
        tmp_path,
        {"redline.yaml": HEAD + "pack: {id: p, version: 1.0.0, title: t, why: w, sources: [s]}\n"},
    )
    assert load_policy(tmp_path).files == policy.files
    assert load_policy(tmp_path).sha256 != policy.sha256


def test_packs_of_the_repository_are_followed_base_first(tmp_path):
    base = HEAD + "zones: [{id: grader, globs: [marks/]}]\n"
    put(
        tmp_path,
        {
            "redline.yaml": HEAD + "extends: [builtin:inspect, 'file:packs/team.yaml']\n",
            "packs/team.yaml": HEAD + "extends: [builtin:evals-default, file:base.yaml]\n",
            "packs/base.yaml": base,
        },
    )
    policy = load_policy(tmp_path)
    assert policy.files == (
        "builtin:evals-default",
        "builtin:inspect",
        "packs/base.yaml",
        "packs/team.yaml",
        "redline.yaml",
    )
    assert [hit.origin for hit in policy.zones_of("src/marks/a.py")] == ["packs/base.yaml:2"]


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        (
            "builtin:inspct",
            "redline.yaml:2:11: no shipped pack is named 'inspct'\n  help: did you mean 'inspect'?",
        ),
        (
            "builtin:../evals-default",
            "redline.yaml:2:11: no shipped pack is named '../evals-default'\n"
            "  help: did you mean 'evals-default'?",
        ),
        (
            "file:gone.yaml",
            "redline.yaml:2:11: cannot read 'gone.yaml': No such file or directory\n"
            "  help: Check the path; it is relative to the file that names it.",
        ),
        (
            "file:../x.yaml",
            "redline.yaml:2:11: '../x.yaml' lies outside the repository\n"
            "  help: Copy the file into the repository, and pin its sha256.",
        ),
        (
            "file:redline.yaml",
            "redline.yaml:2:11: the files extend each other: redline.yaml -> redline.yaml\n"
            "  help: Break the circle.",
        ),
        (
            "npm:rules",
            "redline.yaml:2:11: 'npm:rules' cannot be extended\n"
            "  help: Write 'builtin:NAME' (one of evals-default, inspect, lm-eval-harness, "
            "openai-evals, promptfoo, swe-bench, terminal-bench, verifiers) or 'file:PATH'.",
        ),
    ],
)
def test_a_ref_that_cannot_be_followed(tmp_path, ref, said):
    assert refusal(put(tmp_path, {"redline.yaml": f"{HEAD}extends: [{ref}]\n"})) == said


def test_links_do_not_lead_out_of_the_repository(tmp_path):
    outside = put(tmp_path / "outside", {"loose.yaml": HEAD + "extends: []\n"})
    root = put(tmp_path / "root", {"redline.yaml": HEAD + "extends: ['file:link.yaml']\n"})
    (root / "link.yaml").symlink_to(outside / "loose.yaml")
    assert "'link.yaml' lies outside the repository" in refusal(root)
    (root / "redline.yaml").unlink()
    (root / "redline.yaml").symlink_to(outside / "loose.yaml")
    assert refusal(root) == (
        "redline.yaml:1:1: is a link that leads out of the repository\n"
        "  help: Copy the file into the repository: the rules must travel with it."
    )
    (root / "redline.yaml").unlink()
    (root / "redline.yaml").symlink_to("redline.yaml")
    assert "redline.yaml:1:1: cannot be read" in refusal(root)


def test_a_misspelt_name_is_not_ignored(tmp_path):
    put(tmp_path, {"redline.yml": HEAD})
    assert refusal(tmp_path) == "redline.yml:1:1: is not read\n  help: Rename it to redline.yaml."


def test_pins_cover_all_that_is_extended(tmp_path):
    base = HEAD + "extends: []\n"
    team = HEAD + "extends: ['file:base.yaml']\n"
    digest = hashlib.sha256(team.encode()).hexdigest()
    pinned = f"{HEAD}extends:\n- {{ref: 'file:team.yaml', sha256: {digest}}}\n"
    put(tmp_path, {"redline.yaml": pinned, "team.yaml": team, "base.yaml": base})
    assert refusal(tmp_path) == (
        "team.yaml:2:11: 'base.yaml' is not pinned, and the file that extends it is\n"
        "  help: Add its sha256: a pin covers all."
    )
    changed = team + "# changed\n"
    put(tmp_path, {"team.yaml": changed})
    assert refusal(tmp_path) == (
        "redline.yaml:3:3: 'team.yaml' is not the file that was pinned\n  help: Its SHA-256 is "
        f"{hashlib.sha256(changed.encode()).hexdigest()}. Review it, then pin that."
    )


def test_a_long_chain_is_refused(tmp_path):
    files = {f"p{i}.yaml": f"{HEAD}extends: ['file:p{i + 1}.yaml']\n" for i in range(20)}
    put(tmp_path, {"redline.yaml": HEAD + "extends: ['file:p0.yaml']\n", **files})
    assert "more than 8 files deep" in refusal(tmp_path)


def test_files_of_folders_add_zones_there_and_nothing_else(tmp_path):
    put(
        tmp_path,
        {
            "sub/redline.yaml": HEAD + "zones: [{id: grader, globs: [marks/]}]\n",
            "bad/redline.yaml": HEAD + "extends: []\nlevels: {forbid: {suspected: error}}\n",
        },
    )
    nested = nested_files(["redline.yaml", "sub/redline.yaml", "sub/a.py"])
    assert nested == ("sub/redline.yaml",)
    policy = load_policy(tmp_path, nested=nested)
    assert policy.files == ("builtin:evals-default", "sub/redline.yaml")
    assert [hit.reason for hit in policy.zones_of("sub/x/marks/a.py")] == [
        "matches 'marks/' under sub/"
    ]
    assert policy.zones_of("marks/a.py") == ()
    assert refusal(tmp_path, nested=["bad/redline.yaml"]) == (
        "bad/redline.yaml:1:1: a rule file in a folder cannot have 'extends'\n"
        "  help: It may add zones and tests only; write the rest in the root file.\n"
        "bad/redline.yaml:3:9: a rule file in a folder cannot have 'levels'\n"
        "  help: It may add zones and tests only; write the rest in the root file."
    )


def test_an_explicit_file_replaces_the_roots(tmp_path):
    root = put(tmp_path / "root", {"redline.yaml": "broken"})
    other = put(tmp_path, {"other.yaml": HEAD + "extends: []\n"}) / "other.yaml"
    assert load_policy(root, other).files == ("other.yaml",)
    assert "there is no such rule file" in refusal(root, explicit=tmp_path / "gone.yaml")


def test_a_kept_policy_is_the_same_until_a_file_changes(tmp_path):
    root = put(tmp_path / "root", {"redline.yaml": HEAD})
    cache = tmp_path / "cache"
    fresh = load_policy(root, cache=cache)
    (kept,) = cache.iterdir()
    assert load_policy(root, cache=cache).table == fresh.table
    put(root, {"redline.yaml": HEAD + "zones: [{id: grader, globs: [marks/]}]\n"})
    assert load_policy(root, cache=cache).zones_of("marks/a")[0].zone == "grader"
    for damage in ("", "{", "[]", "null", '{"made_of": [], "table": {}}', '{"made_of": 3}'):
        kept.write_text(damage)
        assert load_policy(root, cache=cache).zones_of("marks/a")[0].zone == "grader"


def test_a_kept_policy_needs_no_yaml(tmp_path):
    import subprocess
    import sys

    program = (
        "import sys, pathlib; from redline.policy import load_policy; "
        "p = load_policy(pathlib.Path(sys.argv[1]), cache=pathlib.Path(sys.argv[2])); "
        "p.zones_of('graders/a.py'); p.may_have_units('a.py', b'x = 1'); "
        "print([m for m in ('yaml', 'msgspec', 'pathspec', 'numpy', 'tree_sitter', 'rich') "
        "if m in sys.modules])"
    )
    command = [sys.executable, "-c", program, str(tmp_path), str(tmp_path / "cache")]
    subprocess.run(command, check=True, capture_output=True)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout.replace("'", '"')) == []


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path):
    (tmp_path / "cache").write_text("a file, not a folder")
    assert load_policy(tmp_path, cache=tmp_path / "cache").files == ("builtin:evals-default",)
