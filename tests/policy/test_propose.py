"""What `redline init` proposes, and how a place is explained."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from redline.policy import builtin_pack, check_bytes
from redline.policy.explain import explain
from redline.policy.propose import propose

TREE = {
    "pyproject.toml": b'[project]\ndependencies = ["inspect-ai>=0.3", "numpy"]\n',
    "src/lab/app.py": b"import os\n",
    "src/lab/scoring/exact.py": b"x = 1\n",
    "src/lab/scoring/fuzzy.py": b"x = 1\n",
    "src/lab/gold [v1]/a.json": b"{}\n",
    "docs/evaluation/intro.md": b"# x\n",
    "tests/test_app.py": b"x = 1\n",
    "maze/task.toml": b'version = "1.0"\n',
    "maze/instruction.md": b"Find the way.\n",
}


def test_a_proposal_gives_its_reasons_and_loads():
    proposal = propose(TREE, TREE.get)
    assert (
        proposal.text
        == """\
# Where output of AI assistants may land in this repository.
# Proposed by `redline init` from the files that are here; read it before you commit it.
# `redline zones PATH` says what holds for a file.
schema: policy/1

# What these packs say is a floor: this file can add to it and tighten it, not loosen it.
extends:
  - builtin:evals-default
  - builtin:inspect  # pyproject.toml names it
  - builtin:terminal-bench  # maze/task.toml has an instruction.md beside it

# Models that your organisation trains; everyone else is external. For example:
# assistants:
#   - class: in-house
#     names: [acme-code*]
#     models: [acme-*]

zones:
  - id: grader
    globs:
      - /src/lab/scoring/  # 2 files in no zone; the folder is named 'scoring'
"""
    )
    policy = check_bytes(proposal.text.encode())
    assert [hit.zone for hit in policy.zones_of("src/lab/scoring/exact.py")] == ["grader"]


def test_an_empty_tree_gets_a_file_that_loads_too():
    text = propose([], lambda path: None).text
    assert "zones:" in text
    assert check_bytes(text.encode()).files == ("builtin:evals-default", "redline.yaml")


NAMES = st.text(min_size=1, max_size=8).filter(lambda name: "/" not in name)
FOLDERS = st.sampled_from(["graders", "scoring", "evaluation", "test", "sft"])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(NAMES | FOLDERS, min_size=1, max_size=4).map("/".join), max_size=8))
def test_whatever_the_files_are_called_the_proposal_loads(files):
    check_bytes(propose(files, lambda path: b"").text.encode())


def test_a_file_is_explained_in_words():
    policy = check_bytes(
        b"schema: policy/1\nextends: [builtin:inspect]\nzones: [{id: grader, globs: [marks/]}]\n"
    )
    text = b"import x\n\n@task\ndef maze():\n    return 1\n"
    lines = builtin_pack("evals-default").decode().splitlines()
    task = lines.index("      - {lang: python, decorated: [task]}") + 1
    by_id = {rule.id: rule.origin for rule in policy.rules}
    assert explain(policy, "marks/a.py", text) == (
        "marks/a.py\n"
        "  grader: matches 'marks/' (redline.yaml:3)\n"
        f"  -> external assistants: forbidden (grader-external, {by_id['grader-external']})\n"
        "  -> in-house models: nothing is said\n"
        "  lines 3-5\n"
        f"    eval-task: 'maze' is decorated @task (builtin:evals-default:{task})\n"
        "    -> external assistants: forbidden (eval-task-external, "
        f"{by_id['eval-task-external']})\n"
        "    -> in-house models: nothing is said\n"
    )


def test_a_file_in_no_zone_is_explained_too():
    policy = check_bytes(builtin_pack("evals-default"))
    assert explain(policy, "src/\x1b[31mapp.py") == (
        "src/\\x1b[31mapp.py lies in no zone: nothing is said about assistant text in it.\n"
        "  If something should be, add it to a zone's globs in redline.yaml.\n"
    )
