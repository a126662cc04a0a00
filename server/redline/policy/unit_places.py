"""A unit of a rule file, checked: its language, its one form, its names or its query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from redline.policy.problems import did_you_mean, shown
from redline.policy.raw import RawUnit
from redline.policy.shapes import Word
from redline.policy.table import UnitPlace
from redline.policy.units import FORMS, forms_of, last_part, query_source
from redline.syntax.languages import Language, language_named, language_names

_QUERY: Final = "query"


class Report(Protocol):
    """Takes what is wrong: where, what, and what to do about it."""

    def __call__(self, place: Word, message: str, advice: str = "") -> None: ...


def unit_place(
    raw: RawUnit, zone: str, folder: str, path: str, whole: bool, report: Report
) -> UnitPlace | None:
    """The place that a unit names in ``zone``; None where something is wrong and was reported.

    ``path`` is the rule file's, ``folder`` what its globs are relative to. What a unit lacks is
    reported only where the file was read ``whole``.
    """
    language = language_named(raw.lang.text)
    if language is None:
        advice = did_you_mean(raw.lang.text, language_names(), "the languages are")
        report(raw.lang, f"the language {shown(raw.lang.text)} is not known", advice)
        return None
    form = _form(raw, language, whole, report)
    if form is None:
        return None
    words = (raw.query,) if raw.query is not None else getattr(raw, form.replace("-", "_"))
    place = UnitPlace(
        zone,
        language.name,
        form,
        tuple(word.text for word in words),
        tuple(glob.text for glob in raw.files),
        f"{path}:{raw.line}",
        folder,
    )
    if raw.query is not None:
        return place if _query_is_fine(language, place, raw.query, report) else None
    return place if _names_are_fine(place, words, report) else None


def _form(raw: RawUnit, language: Language, whole: bool, report: Report) -> str | None:
    given = [form for form in FORMS if getattr(raw, form.replace("-", "_"))]
    if raw.query is not None:
        given.append(_QUERY)
    known = (*forms_of(language.name), _QUERY)
    if len(given) == 1 and given[0] in known:
        return given[0]
    if len(given) == 1:
        message = f"{shown(given[0])} is not for {language.name}"
        report(raw.lang, message, f"Its forms are: {', '.join(known)}.")
    elif whole:
        message = f"a unit takes one form, and this has {' and '.join(given)}"
        advice = f"Give one of: {', '.join(known)}."
        report(Word("", raw.line, raw.column), message if given else "a unit needs a form", advice)
    return None


def _names_are_fine(place: UnitPlace, words: Sequence[Word], report: Report) -> bool:
    parts = [(word, last_part(place, word.text)) for word in words]
    for word, part in parts:
        if part is not None:
            message = f"{shown(word.text)} is never found by {place.form!r} in {place.language}"
            advice = f"The last part of what the code says is compared: write {shown(part)}."
            report(word, message, advice)
    return all(part is None for _, part in parts)


def _query_is_fine(language: Language, place: UnitPlace, word: Word, report: Report) -> bool:
    from redline.syntax.queries import QueryError, compile_query  # loads a grammar

    try:
        compile_query(language, query_source(place))
    except QueryError as error:
        # Only the lines of a literal block stand in the file as they stand in the query.
        line = word.line + error.line if word.block else word.line
        column = 1 if word.block else word.column
        report(Word("", line, column), f"the query is refused: {error}")
        return False
    return True
