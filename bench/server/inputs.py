"""The files that are edited, and a session that wrote a part of them."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

from .. import corpus

SESSION = "0b5e4c11-0000-4000-8000-000000000000"
_FINDINGS = 20
"""No file has more: beyond some number servers leave findings out."""
_PERSONS = (
    "{c} = {c} * {n} - len({a})",
    "{c} += sum({b} + {n} for {b} in {a})",
    "{c} += max({b}, {n}) % {m}",
    "{c} -= {a}.count({b}) * {n}",
    "{c} ^= hash(tuple({a}[{m}:] + {a}[:{m}]))",
    "{c} = ({c} ^ {n}) & {m}",
    "{c} = {a}.index({c}) if {c} in {a} else {m}",
    "{c} = divmod({c}, {m})[0] or {n}",
    "{c} <<= min({a}, key=lambda {d}: {d}[{m}])",
    "{c} = round({c} / {n}, {m}) // 2",
)
_ASSISTANTS = (
    "{c}.setdefault({n}, set()).add(str({a}))",
    "{d}.extend(zip({a}, range({n}), strict=False))",
    "{c}[f'{{{b}}}-{n}'] = {{'{a}': {b}, 'rank': {m}}}",
    "{d}.insert({m}, tuple(map(int, reversed({a}))))",
    "{c}.update(({b}, {m}) for {b}, _ in enumerate({a}, {n}))",
    "del {d}[{n}:{m}], {c}[{m}]",
    "{d}.sort(reverse=bool({b} @ {m}))",
    "{c} = {{**{c}, {n}: {d}.count({b}) ** {m}}}",
)
_NOUNS = "ledger harbour lantern walnut meadow cinder pebble saddle ribbon copper anchor thistle"
_VERBS = "gather measure settle weigh follow temper divide collect balance reckon"


@dataclass(frozen=True)
class Inputs:
    """One folder with files of several sizes, and the session's own folder."""

    root: Path
    sessions: Path
    files: dict[int, Path]
    """By their lines."""
    long_line: Path
    """A file with one line of 500,000 bytes."""
    landing: str
    """A function that the session wrote and no file holds."""


def made(folder: Path, sizes: tuple[int, ...]) -> Inputs:
    """Write all of it below ``folder``: the same bytes each time."""
    root = folder / "repository"
    root.mkdir(parents=True)
    wrote: list[str] = []
    files = {}
    for size in sizes:
        path = root / f"lines_{size}.py"
        path.write_text(source(size, random.Random(size), wrote), encoding="utf-8")
        files[size] = path
    landing = function(random.Random(1), assistant=True)
    wrote.append(landing)
    long_line = root / "long_line.py"
    words = ", ".join(str(number) for number in range(100_000, 162_500))
    before = source(300, random.Random(3), wrote)
    long_line.write_text(f"{before}\n\nTABLE = [{words}]\n", encoding="utf-8")
    sessions = folder / "sessions"
    sessions.mkdir()
    with (sessions / f"{SESSION}.jsonl").open("w", encoding="utf-8") as session:
        for number, text in enumerate(wrote):
            for record in _written(number, text):
                session.write(json.dumps(record) + "\n")
    return Inputs(root, sessions, files, long_line, landing)


def source(lines: int, rng: random.Random, wrote: list[str]) -> str:
    """A Python file of at least so many lines; what an assistant wrote of it goes to ``wrote``.

    Its last function is a person's.
    """
    parts = ['"""Numbers of a harbour."""\n\n\n']
    count = 3
    number = 0
    spread = max(10, lines // 13 // _FINDINGS)
    while count < lines:
        number += 1
        assistant = number % spread == 0
        text = function(rng, assistant=assistant)
        if assistant:
            wrote.append(text)
        parts.append(text + "\n\n")
        count += text.count("\n") + 2
    return "".join(parts) + function(rng, assistant=False)


def function(rng: random.Random, *, assistant: bool) -> str:
    """A function of eleven lines; an assistant's has one finding in each of the three servers.

    Ruff's is a variable that nobody uses, ast-grep's a call of ``print``. What the two write has
    no shape in common, or a person's function would be a renamed copy of an assistant's.
    """
    a, b, c, d = rng.sample(_NOUNS.split(), 4)
    name = f"{rng.choice(_VERBS.split())}_{a}_{rng.randint(0, 999_999)}"
    spoken = rng.choice(_VERBS.split()).title()
    if assistant:
        head = [f"def {name}({a}, *, {b}: int = {rng.randint(2, 9_999)}) -> dict:"]
        head += [f'    """{spoken} the {a}: a {c} for each {b}."""', f"    {c}, {d} = {{}}, []"]
        tail = [f"    unused_{rng.randint(0, 999_999)} = {d}", f"    print({c}, {d})"]
        tail += [f"    return {c} | {{{a!r}: {b}}}"]
        shapes = _ASSISTANTS
    else:
        head = [f"def {name}({a}, {b}={rng.randint(2, 9_999)}):"]
        head += [f'    """{spoken} each {a} by its {b}."""', f"    {c} = {rng.randint(2, 9_999)}"]
        tail = [f"    {d} = [{c}]", f"    {d}.append({c})", f"    return {c} + sum({d})"]
        shapes = _PERSONS
    body = [
        "    " + shape.format(a=a, b=b, c=c, d=d, n=rng.randint(2, 9_999), m=rng.randint(2, 99))
        for shape in rng.sample(shapes, 5)
    ]
    return "\n".join([*head, *body, *tail]) + "\n"


def typing_place(lines: list[str]) -> tuple[int, int]:
    """The end of a statement in the body of a person's function, about the middle of a file."""
    line = len(lines) // 2
    while not (lines[line].startswith("    ") and ".append(" in lines[line]):
        line += 1
    return line, len(lines[line])


def pasted(lines: int) -> str:
    """So many lines of a person's functions."""
    rng = random.Random(2)
    text = ""
    while text.count("\n") < lines:
        text += function(rng, assistant=False) + "\n\n"
    return "".join(text.splitlines(keepends=True)[:lines])


def _written(number: int, text: str) -> list[dict]:
    call = f"toolu_{number:06}"
    path = f"/home/dev/project/part_{number}.py"
    use = {"type": "tool_use", "id": call, "name": "Write"}
    use["input"] = {"file_path": path, "content": text}
    answer = {"type": "message", "role": "assistant", "model": "claude-opus-4-6"}
    answer |= {"id": f"msg_{number}", "content": [use], "usage": {"output_tokens": 400}}
    result = {"type": "tool_result", "tool_use_id": call, "content": f"File created: {path}"}
    made = {"type": "create", "filePath": path, "content": text, "structuredPatch": []}
    user = {"role": "user", "content": [result]}
    rng = random.Random(number)
    return [
        corpus.record(rng, SESSION, number, "assistant", answer),
        corpus.record(rng, SESSION, number, "user", user, toolUseResult=made),
    ]
