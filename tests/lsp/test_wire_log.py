"""Notes help to find a fault and hold nothing of a document."""

import asyncio
import logging

import pytest

from redline.lsp import life, log


@pytest.fixture
def noted(tmp_path):
    """Start the log; call it for what stands in it."""
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    log.start("info", tmp_path / "log")
    yield lambda: (tmp_path / "log").read_text("utf-8")
    for handler in [one for one in root.handlers if one not in before[1]]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(before[0])


def failed(error):
    try:
        raise error
    except type(error) as raised:
        return raised


def test_an_error_is_told_by_its_kind_and_place(noted):
    logging.getLogger("redline").error("lost", exc_info=failed(ValueError("secret")))
    assert "ValueError" in noted()
    assert "test_wire_log.py" in noted()
    assert "secret" not in noted()


def test_causes_are_told_too(noted):
    error = RuntimeError("secret")
    error.__cause__ = failed(KeyError("secret"))
    logging.getLogger("redline").error("lost", exc_info=failed(error))
    assert "RuntimeError" in noted()
    assert "KeyError" in noted()
    assert "secret" not in noted()


def test_the_systems_words_are_kept():
    assert log.describe(failed(OSError(2, "No such file", "secret"))).startswith(
        "FileNotFoundError: No such file in "
    )


def test_a_name_cannot_forge_a_line(noted):
    logging.getLogger("redline").warning("ignored %s", "a\n2026 ERROR b\x1b[31m")
    assert len(noted().splitlines()) == 1
    assert "\x1b" not in noted()


def test_libraries_note_no_messages(noted):
    logging.getLogger("pygls.protocol").info("secret")
    assert noted() == ""


def test_what_fails_where_nobody_waits_is_noted_without_arguments(noted):
    async def story():
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(life._noted)

        def fail(text):
            raise ValueError(text)

        loop.call_soon(fail, "secret")
        await asyncio.sleep(0)

    asyncio.run(story())
    assert "ValueError" in noted()
    assert "secret" not in noted()
