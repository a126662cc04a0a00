"""Count tokens over ordinary public code; write ``matching/rarity.bin`` and ``common.bin``.

``common.bin`` holds what two or more of the packages share: licence heads, idioms,
boilerplate. No assistant's text is recognised by it.

    python scripts/build_rarity.py FOLDER...

The shipped file was built from the folders that ``--fetch FOLDER`` fills: pinned
releases from PyPI and npm (listed below), unpacked and never run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np

from redline.matching import bulk
from redline.matching.bulk_prints import take_bulk
from redline.matching.rarity import ABSTRACT_NAME, ONE_BITS, PAIR_BITS, UNSEEN
from redline.matching.tokens import MIX_3

PYPI = [
    "django==3.2.25",
    "sqlalchemy==1.4.54",
    "flask==2.0.3",
    "pytest==6.2.5",
    "pydantic==1.10.2",
    "requests==2.26.0",
    "sphinx==4.3.2",
    "networkx==2.6.3",
    "click==8.0.3",
    "rich==10.16.2",
]
NPM = [
    "typescript@4.5.4",
    "express@4.17.2",
    "lodash@4.17.21",
    "react-dom@17.0.2",
    "vue@3.2.26",
    "rxjs@7.5.1",
    "zod@3.11.6",
    "vitest@0.0.118",
    "commander@8.3.0",
    "fastify@3.25.3",
]
SUFFIXES = {
    ".py",
    ".pyi",
    ".js",
    ".ts",
    ".tsx",
    ".jsx",
    ".mjs",
    ".cjs",
    ".md",
    ".rst",
    ".txt",
    ".json",
    ".yaml",
    ".yml",
    ".toml",
    ".go",
    ".rs",
    ".java",
    ".sh",
    ".c",
    ".h",
    ".html",
    ".css",
}
MOST = 1 << 20
COMMON_IN = 2
"""Packages that must share a fingerprint to make it common."""


def fetch(folder: Path) -> None:
    """Download and unpack the pinned packages; nothing of theirs is run."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":none:", "-q"]
    for name in PYPI:
        subprocess.run([*pip, "-d", str(wheels), name], check=True)
    for name in NPM:
        subprocess.run(["npm", "pack", "--silent", name], cwd=wheels, check=True)
    for archive in sorted(wheels.iterdir()):
        target = folder / archive.name.rsplit(".", 1)[0]
        if archive.suffix in {".whl", ".zip"}:
            zipfile.ZipFile(archive).extractall(target)
        else:
            with tarfile.open(archive) as tar:
                tar.extractall(target, filter="data")


def main() -> None:
    """Count and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--fetch", action="store_true", help="fill the first folder first")
    options = parser.parse_args()
    if options.fetch:
        fetch(options.folders[0])
    one, pair = 1 << ONE_BITS, 1 << PAIR_BITS
    counts = [(np.zeros(one), np.zeros(pair)) for _ in range(2)]
    total = 0
    shared: list[np.ndarray] = []
    packages = [child for folder in options.folders for child in sorted(folder.iterdir())]
    for package in packages:
        own: list[np.ndarray] = []
        for path in sorted(package.rglob("*")):
            licence = path.name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE"))
            if (
                not (licence or path.suffix in SUFFIXES)
                or not path.is_file()
                or path.stat().st_size > MOST
            ):
                continue
            text = path.read_bytes()
            tokens = bulk.tokenise(text)
            prints = take_bulk(text)
            columns = (prints.raw, prints.abstract, prints.lines)
            own += [np.asarray(column, np.uint64) >> np.uint64(32) for column in columns]
            abstract = np.where(tokens.parameters, np.uint64(ABSTRACT_NAME), tokens.hashes)
            total += len(tokens.hashes)
            for (ones, pairs), values in zip(counts, (tokens.hashes, abstract), strict=True):
                np.add.at(ones, values >> np.uint64(64 - ONE_BITS), 1)
                previous = np.zeros_like(values)
                previous[1:] = values[:-1]
                mixed = (previous * np.uint64(3) + values) * np.uint64(MIX_3)
                np.add.at(pairs, mixed >> np.uint64(64 - PAIR_BITS), 1)
        if own:
            shared.append(np.unique(np.concatenate(own)))
    blobs = []
    for ones, pairs in counts:
        single = -np.log2((ones + 0.5) / (ones.sum() + 0.5 * one))
        blobs.append(_quarters(single).tobytes())
        joint = -np.log2(np.maximum(pairs, 1) / pairs.sum())
        # Under three sightings a pair says nothing: its tokens are judged alone.
        blobs.append(np.where(pairs < 3, UNSEEN, _quarters(joint)).astype(np.uint8).tobytes())
    target = Path(__file__).parents[1] / "server/redline/matching/rarity.bin"
    target.write_bytes(b"".join(blobs))
    print(f"{total} tokens -> {target}")
    values, uses = np.unique(np.concatenate(shared), return_counts=True)
    common = values[uses >= COMMON_IN].astype("<u4")
    target.with_name("common.bin").write_bytes(common.tobytes())
    print(f"{len(common)} fingerprints in {COMMON_IN} of {len(shared)} packages or more")


def _quarters(bits: np.ndarray) -> np.ndarray:
    """Quarter bits in a byte; the largest, 63.75 bits, is beyond any count."""
    return np.clip(np.round(bits * 4), 1, 255).astype(np.uint8)


if __name__ == "__main__":
    main()
