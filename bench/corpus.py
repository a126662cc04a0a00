"""The inputs: generated sessions, and source trees from pinned wheels."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

WHEELS = (
    "django==5.2.1",
    "sympy==1.14.0",
    "scikit-learn==1.6.1",
    "transformers==4.51.3",
    "numpy==2.2.6",
)
"""Pinned, so that two runs on two machines read the same bytes."""

_WORDS = [
    head + tail
    for head in ("sam", "gra", "led", "cor", "win", "buf", "ses", "cur", "mat", "wei")
    for tail in ("ple", "der", "ger", "ridor", "dow", "fer", "trix", "ght")
]
_VERBS = [head + tail for head in ("lo", "par", "mer", "sco") for tail in ("ad", "se", "ge", "re")]


def sessions(folder: Path, size: int, seed: int = 7) -> list[Path]:
    """Write Claude Code sessions of about ``size`` bytes in all, 5 MB a file; return the files.

    The shares follow real sessions: 3 % is text that the assistant wrote, most is what it was
    shown (file reads and command output, each told twice), the rest is progress and envelopes.
    The same seed gives the same bytes; what is there is kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number in range(max(1, size // 5_000_000)):
        path = folder / f"{number:08x}-0000-4000-8000-000000000000.jsonl"
        files.append(path)
        if not path.exists():
            partial = path.with_suffix(".partial")
            with partial.open("w", encoding="utf-8", newline="\n") as target:
                written = 0
                for record in records(random.Random(f"{seed}/{number}"), path.stem):
                    line = json.dumps(record, separators=(",", ":")) + "\n"
                    target.write(line)
                    written += len(line)
                    if written > 5_000_000:
                        break
            partial.replace(path)
    return files


def records(rng: random.Random, session: str) -> Iterator[dict]:
    """One session's records without end: ask, look, run, write, again."""
    step = 0
    while True:
        step += 1
        path = f"/home/dev/project/src/{rng.choice(_WORDS)}_{step}.py"
        shown = "".join(function(rng) for _ in range(rng.randint(10, 24)))
        numbered = "\n".join(f"{n:6}→{line}" for n, line in enumerate(shown.splitlines(), 1))
        written = "".join(function(rng) for _ in range(rng.randint(1, 4)))
        log = "\n".join(
            f"tests/test_{rng.choice(_WORDS)}.py::test_{rng.choice(_VERBS)}_{rng.randint(0, 999)} "
            f"PASSED [{rng.randint(0, 99):3}%]"
            for _ in range(rng.randint(20, 120))
        )
        read = {"file": {"filePath": path, "content": shown}, "type": "text"}
        made = {"type": "create", "filePath": path, "content": written, "structuredPatch": []}
        output = {"stdout": log, "stderr": "", "interrupted": False, "isImage": False}
        calls = (
            ("Read", {"file_path": path}, numbered, read),
            ("Bash", {"command": "pytest -q"}, log, output),
            ("Write", {"file_path": path, "content": written}, f"File created: {path}", made),
        )
        yield record(rng, session, step, "user", {"role": "user", "content": f"step {step}"})
        for name, given, result, done in calls:
            call = f"toolu_{session[:8]}{step:06}{name}"
            use = {"type": "tool_use", "id": call, "name": name, "input": given}
            yield record(rng, session, step, "assistant", _answer(use))
            for second in range(rng.randint(1, 6)):
                progress = {"type": "bash_progress", "output": log[-400:], "elapsed": second}
                yield record(rng, session, step, "progress", None, data=progress)
            block = {"type": "tool_result", "tool_use_id": call, "content": result}
            told = {"role": "user", "content": [block]}
            yield record(rng, session, step, "user", told, toolUseResult=done)


def function(rng: random.Random) -> str:
    """A function of eight to sixteen lines with names of its own."""
    a, b, c = rng.sample(_WORDS, 3)
    name = f"{rng.choice(_VERBS)}_{a}_{rng.randint(0, 99_999)}"
    body = [
        f"def {name}({a}: list[int], {b}: float = {rng.random():.4f}) -> float:",
        f'    """{rng.choice(_VERBS).title()} the {c} of each {a} with its {b}."""',
        f"    {c} = {rng.randint(2, 97)}",
    ]
    for _ in range(rng.randint(4, 11)):
        d, e = rng.sample(_WORDS, 2)
        body.append(
            rng.choice(
                (
                    f"    {d} = sum({c} * item - {rng.randint(1, 999)} for item in {a})",
                    f"    {c} = max({c}, len({a}) // {rng.randint(2, 9)}) + {e!r}.count({d[0]!r})",
                    f"    if {c} % {rng.randint(2, 19)} == {rng.randint(0, 1)}: {b} += {c}",
                    f"    {a}.append(round({b} * {rng.random():.5f}, {rng.randint(1, 6)}))",
                )
            )
        )
    return "\n".join([*body, f"    return {b} + {c}", "", ""]) + "\n"


def tree(folder: Path) -> Path:
    """Unpack the pinned wheels below ``folder`` and commit them; return the repository.

    Downloads with pip; raises ``subprocess.CalledProcessError`` where a wheel cannot be had.
    """
    repository = folder / "tree"
    if (repository / ".complete").exists():
        return repository
    wheels = folder / "wheels"
    pip = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "download"]
    # One platform for all: of a wheel only the Python sources are used, and these differ by it.
    target = ["--platform", "manylinux2014_x86_64", "--python-version", "3.11"]
    plain = ["--no-deps", "--only-binary", ":all:", *target, "--dest", str(wheels)]
    subprocess.run([*pip, *plain, *WHEELS], check=True)
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            sources = [n for n in archive.namelist() if n.endswith((".py", ".pyi"))]
            archive.extractall(repository, members=sources)
    (repository / ".complete").touch()
    commit(repository)
    return repository


def commit(repository: Path) -> None:
    """Make ``repository`` a git repository with everything in one commit."""
    git(repository, "init", "-q", "--template=")
    git(repository, "add", "--all")
    git(repository, "commit", "-q", "--no-gpg-sign", "-m", "Bring in the tree")


def git(repository: Path, *arguments: str) -> None:
    """Run git in ``repository`` as somebody of no importance."""
    who = ["-c", "user.name=Bench", "-c", "user.email=bench@example.org", "-c", "gc.auto=0"]
    subprocess.run(["git", "-C", str(repository), *who, *arguments], check=True)


def _answer(block: dict) -> dict:
    kind = {"type": "message", "role": "assistant", "model": "claude-opus-4-6"}
    return kind | {"id": "msg_0", "content": [block], "usage": {"output_tokens": 400}}


def record(
    rng: random.Random, session: str, step: int, kind: str, message: dict | None, **more: object
) -> dict:
    """One record of a session as Claude Code writes it."""
    envelope = {
        "type": kind,
        "parentUuid": f"{rng.getrandbits(64):016x}",
        "isSidechain": False,
        "userType": "external",
        "cwd": "/home/dev/project",
        "sessionId": session,
        "version": "2.1.76",
        "gitBranch": "main",
        "uuid": f"{rng.getrandbits(64):016x}",
        "timestamp": f"2026-05-{1 + step // 1440 % 28:02}T{step // 60 % 24:02}:{step % 60:02}:00Z",
    }
    return envelope | ({"message": message} if message else {}) | more
