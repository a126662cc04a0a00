"""What a run leaves in the cache: the material as folders of files, and every tool's claims."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import cases as making
from .cases import Case
from .tools import Answer, Claim, Tool

_MAKERS = (
    "cases code_mutations corpora fetching formatting grammar pieces prose_mutations"
    " makers record_mutations renaming"
).split()


@dataclass(frozen=True, slots=True)
class Kept:
    """One language's material on disk: folders ``told``, ``cases`` and ``strangers``."""

    folder: Path
    claims: Path
    """The folder of what tools said of the whole material."""
    language: str
    cases: Sequence[Case]
    stranger_lines: int
    told_lines: int
    unmeasured: dict[str, str]
    """Row to why it could not be made."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one tool said of one language's material, and on what machine."""

    tool: str
    version: str
    cores: int
    python: str
    cases: Answer
    strangers: Answer


def default_cache() -> Path:
    """The benchmark's folder in the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return Path(base).expanduser() / "redline-bench" / "matching"


def kept(language: str, cache: Path, count: int, stranger_lines: int) -> Kept:
    """The material for these arguments, made once for each state of the modules that make it.

    Raises ``Missing`` where the corpora cannot be had.
    """
    folder = cache / "material" / _key(language, count, stranger_lines)
    if not (folder / "cases.json").exists():
        made = making.material(language, cache, count, stranger_lines)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".") as scratch:
            whole = Path(scratch, "whole")
            for part in ("told", "cases", "strangers"):
                (whole / part).mkdir(parents=True)
            for part, documents in (("told", made.told), ("strangers", made.strangers)):
                for document in documents:
                    _write(whole / part / document.name, document.text)
            for case in made.cases:
                _write(whole / "cases" / case.path, case.text)
            described = {
                "language": language,
                "cases": [dataclasses.asdict(case) for case in made.cases],
                "stranger_lines": sum(one.text.count("\n") for one in made.strangers),
                "told_lines": sum(one.text.count("\n") for one in made.told),
                "unmeasured": made.unmeasured,
            }
            _write(whole / "cases.json", json.dumps(described))
            shutil.rmtree(folder, ignore_errors=True)
            whole.replace(folder)
    described = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    return Kept(
        folder,
        folder / "claims",
        language,
        [Case(**one) for one in described["cases"]],
        described["stranger_lines"],
        described["told_lines"],
        described["unmeasured"],
    )


@contextmanager
def only(material: Kept, rows: Collection[str]) -> Iterator[Kept]:
    """The same material with these rows and the untouched files alone, for the time being."""
    with tempfile.TemporaryDirectory(prefix="redline-bench-") as name:
        folder = Path(name)
        cases = [one for one in material.cases if one.mutation in {*rows, making.PLAIN}]
        for case in cases:
            _write(folder / "cases" / case.path, case.text)
        for part in ("told", "strangers"):
            (folder / part).symlink_to(material.folder / part, target_is_directory=True)
        yield dataclasses.replace(material, folder=folder, cases=cases)


def ask(material: Kept, tool: Tool) -> Run:
    """Ask a tool about the cases and the strangers; raises ``Missing`` where it cannot run."""
    version = tool.version()
    told, cases, strangers = (
        (material.folder / part).resolve() for part in ("told", "cases", "strangers")
    )
    answers = [tool.ask(material.language, told, asked) for asked in (cases, strangers)]
    cores, python = os.cpu_count() or 1, platform.python_version()
    return Run(tool.name, version, cores, python, *answers)


def save(material: Kept, run: Run) -> None:
    """Keep a tool's claims beside the material, in place of those of an earlier run."""
    path = _claims_path(material, run.tool)
    partial = path.with_suffix(".partial")
    _write(partial, json.dumps(dataclasses.asdict(run)))
    partial.replace(path)


def load(material: Kept, tool: str) -> Run | None:
    """The claims of the tool's last run over exactly this material."""
    path = _claims_path(material, tool)
    if not path.exists():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    for part in ("cases", "strangers"):
        claims = tuple(Claim(**claim) for claim in told[part]["claims"])
        told[part] = Answer(claims, told[part]["seconds"])
    return Run(**told)


def _claims_path(material: Kept, tool: str) -> Path:
    return material.claims / f"{tool.lower().replace(' ', '-')}.json"


def _key(language: str, count: int, stranger_lines: int) -> str:
    mark = hashlib.blake2b(repr((count, stranger_lines)).encode(), digest_size=6)
    for name in _MAKERS:
        mark.update((Path(__file__).parent / f"{name}.py").read_bytes())
    return f"{language}-{mark.hexdigest()}"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
