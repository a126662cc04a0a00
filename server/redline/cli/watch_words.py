"""What ``redline watch`` says besides the findings themselves, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from redline.model import Finding

if TYPE_CHECKING:
    from redline.live.following import Followed, News
    from redline.report.look import Look


@dataclass(frozen=True, slots=True)
class Counts:
    """What a whole watch came to."""

    went: int
    standing: tuple[Finding, ...]
    seconds: float
    judged: bool
    """Everything was judged at least once."""
    complete: bool
    """What stands was found in everything, as it is at the end."""

    @property
    def came(self) -> int:
        """Findings that appeared; one that only changed counts once."""
        return self.went + len(self.standing)


def begun(followed: Followed, news: News) -> Iterator[str]:
    """Say what is watched, in a line or two."""
    from redline.report.safe import one_line
    from redline.report.summary import plural

    result = news.result
    assert result is not None
    place = followed.root / followed.within
    yield (
        f"Watching {one_line(str(place))}: {plural(result.files_seen, 'file')}, "
        f"{result.files_protected:,} in zones; {_sessions(followed, news)}. Ctrl-C ends it.\n"
    )
    yield "\n" if result.findings else "Nothing found so far.\n\n"


def asides(news: News, root: Path, *, judged: bool) -> Iterator[str]:
    """Say what a person should know, and what is wrong with the rule files.

    ``judged`` tells whether the project was judged before.
    """
    from redline.cli.failure import problem_lines
    from redline.report.safe import one_line

    yield from (f"note: {one_line(note)}\n" for note in news.notes)
    for problem in news.problems:
        yield "\n".join(problem_lines(problem, [root])) + "\n\n"
    if news.problems and judged:
        yield "The rule files are not in force; findings stay as they were until they are mended.\n"
    elif news.problems:
        yield "The rule files are not in force; nothing is judged until they are mended.\n"


def gone(news: News, look: Look) -> Iterator[str]:
    """Say which findings are no more."""
    from redline.origins.records.names import title
    from redline.report.safe import one_line

    for finding in news.gone:
        place = f"{one_line(finding.path)}:{finding.start.line}"
        who = one_line(title(finding.assistant))
        yield look.faint(f"gone[{one_line(finding.rule)}]: {place} ({who})") + "\n"
    if news.gone:
        yield "\n"


def ended(counts: Counts) -> Iterator[str]:
    """Sum up."""
    from redline.report.summary import by_level, plural

    levels = ", ".join(
        plural(count, str(level)) for level, count in by_level(counts.standing).items() if count
    )
    if not counts.judged:
        yield f"\nWatched for {_span(counts.seconds)}; nothing was judged.\n"
        return
    stand = f"{plural(len(counts.standing), 'finding')} stand{'s' * (len(counts.standing) == 1)}"
    yield (
        f"\nWatched for {_span(counts.seconds)}: {counts.came:,} came, {counts.went:,} went; "
        f"{f'{stand}: {levels}' if levels else 'nothing stands'}.\n"
    )
    if not counts.complete:
        yield "Something could not be judged as it is now.\n"


def begun_line(followed: Followed, news: News) -> Iterator[str]:
    """As ``begun``, for a program."""
    from redline.report import json

    result = news.result
    assert result is not None
    yield _line(
        "watching",
        version=json.VERSION,
        root=_utf8(result.root),
        policy=json.policy_record(result),
        files_seen=result.files_seen,
        files_protected=result.files_protected,
        session_files=news.sessions if followed.sessions else None,
    )


def lines(news: News) -> Iterator[str]:
    """All news, an object a line."""
    from redline.report import json

    yield from (_line("note", message=_utf8(note)) for note in news.notes)
    for problem in news.problems:
        yield _line(
            "policy-problem",
            path=_utf8(str(problem.path)),
            line=problem.line,
            column=problem.column,
            message=_utf8(problem.message),
            help=_utf8(problem.help),
        )
    for finding in news.gone:
        yield _line("gone", **json.finding_record(finding))
    if news.result is not None:
        for finding in news.result.findings:
            yield _line("finding", **json.finding_record(finding))


def ended_line(counts: Counts) -> Iterator[str]:
    """As ``ended``, for a program."""
    from redline.report.summary import by_level

    levels = {f"{level}s": count for level, count in by_level(counts.standing).items()}
    yield _line(
        "summary",
        came=counts.came,
        went=counts.went,
        standing=levels,
        complete=counts.complete,
    )


def _sessions(followed: Followed, news: News) -> str:
    from redline.report.summary import plural

    if not followed.sessions:
        return "sessions are not read"
    where = "in the homes of all assistants" if followed.homes is None else "in the folders given"
    return f"{plural(news.sessions, 'session file')} {where}"


def _span(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _line(kind: str, **values: object) -> str:
    from redline.report import json

    return json.dump({"type": kind, **values}) + "\n"


def _utf8(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
