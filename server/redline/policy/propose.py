"""Look at a tree and propose a rule file for it, each line with its reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from redline.policy.load import check_bytes
from redline.policy.packs import DEFAULT
from redline.policy.policy import Policy

Reader = Callable[[str], bytes | None]
"""Gives (the beginning of) a file's bytes, or None where it cannot be read."""

_MOST_READ: Final = 400
_MOST_PER_ZONE: Final = 6
_MANIFEST: Final = re.compile(
    r"(pyproject\.toml|requirements[\w.-]*\.txt|setup\.(py|cfg)|uv\.lock)"
)
_DEPENDENCIES: Final = {
    "inspect": re.compile(rb"\binspect[-_]ai\b"),
    "verifiers": re.compile(rb"(?m)(^|[\"'\s])verifiers\s*([\[=<>~!\"',;]|$)"),
    "lm-eval-harness": re.compile(rb"\blm[-_]eval\b"),
    "terminal-bench": re.compile(rb"\bterminal-bench\b"),
    "swe-bench": re.compile(rb"\bswebench\b"),
}
_IMPORTS: Final = {
    "inspect": re.compile(rb"(?m)^\s*(from|import) inspect_ai\b"),
    "verifiers": re.compile(rb"(?m)^\s*(from|import) verifiers\b"),
    "lm-eval-harness": re.compile(rb"(?m)^\s*(from|import) lm_eval\b"),
}
_INSTANCES: Final = (b'"instance_id"', b'"test_patch"')
_FOLDERS: Final = {
    "grader": "grader graders grading judge judges reward rewards rubric rubrics scorer scorers "
    "scoring verifier",
    "eval-task": "benchmark benchmarks challenges eval evals evaluation evaluations problems",
    "training-data": "finetune finetuning rlhf sft train_data training_data training-data",
    "model-accessible": "prompts system-prompts system_prompts",
    "calibration": "calibration gold golden reference_solutions reference-solutions solutions",
    "scaffolding": "harness scaffold test tests testing",
}
_ZONE_OF: Final = {word: zone for zone, words in _FOLDERS.items() for word in words.split()}

_BORROWED: Final = frozenset({"doc", "docs", "node_modules", "third_party", "vendor", "website"})
"""Folders whose names say nothing about this project's own tasks and graders."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line of the proposal and why it is there."""

    subject: str
    """A preset's name, or a glob."""
    reason: str
    zone: str | None = None
    """The zone that the glob is for; None for a preset."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What ``redline init`` shows and writes."""

    presets: tuple[Suggestion, ...]
    globs: tuple[Suggestion, ...]
    text: str
    """A commented ``redline.yaml`` that loads as it stands."""


def propose(files: Iterable[str], read: Reader) -> Proposal:
    """Propose presets that fit and folders that look protected but lie in no zone yet."""
    listed = sorted(set(files))
    presets = _presets(listed, read)
    policy = check_bytes(_text(presets, ()).encode())
    globs = _globs(listed, policy)
    return Proposal(presets, globs, _text(presets, globs))


def _presets(files: Sequence[str], read: Reader) -> tuple[Suggestion, ...]:
    found: dict[str, str] = {}
    names = set(files)
    for path in files:
        folder, _, name = path.rpartition("/")
        beside = f"{folder}/" if folder else ""
        if name == "task.toml" and f"{beside}instruction.md" in names:
            found.setdefault("terminal-bench", f"{path} has an instruction.md beside it")
        if name == "task.yaml" and {f"{beside}run-tests.sh", f"{beside}solution.sh"} & names:
            found.setdefault("terminal-bench", f"{path} has its tests beside it")
        if name.startswith("promptfooconfig"):
            found.setdefault("promptfoo", f"there is {path}")
        if "registry/evals/" in path and name.endswith((".yaml", ".yml")):
            found.setdefault("openai-evals", f"there is {path}")
        if "lm_eval/tasks/" in path:
            found.setdefault("lm-eval-harness", f"there is {path}")
    _from_content(files, read, found)
    return tuple(Suggestion(name, found[name]) for name in sorted(found))


def _from_content(files: Sequence[str], read: Reader, found: dict[str, str]) -> None:
    manifests = [path for path in files if _MANIFEST.fullmatch(path.rpartition("/")[2])]
    for path in manifests[:_MOST_READ]:
        data = read(path) or b""
        for preset, pattern in _DEPENDENCIES.items():
            if preset not in found and pattern.search(data):
                found[preset] = f"{path} names it"
    for path in [path for path in files if path.endswith(".py")][:_MOST_READ]:
        data = read(path) or b""
        for preset, pattern in _IMPORTS.items():
            if preset not in found and pattern.search(data):
                found[preset] = f"{path} imports it"
    for path in [path for path in files if path.endswith((".jsonl", ".json"))][:_MOST_READ]:
        if "swe-bench" not in found:
            head = (read(path) or b"")[: 1 << 16]
            if all(key in head for key in _INSTANCES):
                found["swe-bench"] = f"{path} holds such instances"


def _globs(files: Sequence[str], policy: Policy) -> tuple[Suggestion, ...]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for path in files:
        zones = {hit.zone for hit in policy.zones_of(path)}
        segments = path.split("/")[:-1]
        if not _BORROWED.isdisjoint(segments):
            continue
        for depth, segment in enumerate(segments):
            zone = _ZONE_OF.get(segment.lower())
            if zone is not None:
                # The outermost folder of that name says it all; a stricter zone is kept.
                if not zones:
                    counts["/".join(segments[: depth + 1]), zone, segment] += 1
                break
    out: list[Suggestion] = []
    for (folder, zone, word), count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        glob = _as_glob(folder)
        if glob is None or sum(one.zone == zone for one in out) >= _MOST_PER_ZONE:
            continue
        files_ = "1 file" if count == 1 else f"{count:,} files"
        out.append(Suggestion(glob, f"{files_} in no zone; the folder is named '{word}'", zone))
    order = list(_FOLDERS)
    return tuple(sorted(out, key=lambda one: (order.index(one.zone or ""), one.subject)))


def _as_glob(folder: str) -> str | None:
    if not folder.isprintable() or folder != folder.strip() or len(folder) > 300:
        return None
    return "/" + re.sub(r"([*?\[\\])", r"\\\1", folder) + "/"


def _text(presets: Sequence[Suggestion], globs: Sequence[Suggestion]) -> str:
    lines = [
        "# Where output of AI assistants may land in this repository.",
        "# Proposed by `redline init` from the files that are here; read it before you commit it.",
        "# `redline zones PATH` says what holds for a file.",
        "schema: policy/1",
        "",
        "# What these packs say is a floor: this file can add to it and tighten it, not loosen it.",
        "extends:",
        f"  - builtin:{DEFAULT}",
        *(f"  - builtin:{one.subject}  # {_comment(one.reason)}" for one in presets),
        "",
        "# Models that your organisation trains; everyone else is external. For example:",
        "# assistants:",
        "#   - class: in-house",
        "#     names: [acme-code*]",
        "#     models: [acme-*]",
        "",
    ]
    if globs:
        lines.append("zones:")
    zone = None
    for one in globs:
        if one.zone != zone:
            zone = one.zone
            lines += [f"  - id: {zone}", "    globs:"]
        lines.append(f"      - {_quoted(one.subject)}  # {_comment(one.reason)}")
    if not globs:
        lines += [
            "# Places that the packs do not know are added to their zones like this:",
            "# zones:",
            "#   - id: grader",
            "#     globs: [src/marking/]",
        ]
    return "\n".join(lines) + "\n"


def _quoted(glob: str) -> str:
    if re.fullmatch(r"[\w/.-]+", glob, re.ASCII):
        return glob
    return '"' + glob.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _comment(reason: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in reason)
