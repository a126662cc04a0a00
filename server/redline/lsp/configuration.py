"""Settings as clients give them: at the start, when asked, and when they change."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from lsprotocol import types

from redline.lsp.settings import Settings, read_settings

if TYPE_CHECKING:
    from redline.lsp.server import Server

_ELSEWHERE = ("index", "policy")
"""Settings on which the judging processes depend."""

_log = logging.getLogger(__name__)


class Configuration:
    """Keeps the session's settings as the client wants them."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._given = Settings()
        """From the client's start-up options: what it says later is laid over these."""
        self._task: asyncio.Task[None] | None = None

    def begin(self, told: object) -> None:
        """Take the options that came with ``initialize``."""
        self._given, wrong = read_settings(told)
        self._server.session.settings = self._given
        _complain(wrong)

    def ready(self) -> None:
        """Ask the client, and to be told of changes, if it can do either."""
        client = self._server.session.capabilities
        if client.configuration_changes:
            registration = types.Registration(
                "redline-settings", "workspace/didChangeConfiguration"
            )
            self._server.client_register_capability(
                types.RegistrationParams([registration]), lambda _: None
            )
        self.ask()

    def changed(self, told: object) -> None:
        """Take settings that the client sent; several clients send none and want to be asked."""
        if self._server.session.capabilities.configuration:
            self.ask()
        elif told is not None:
            self._take(told)

    def ask(self) -> None:
        """Ask for the settings, if the client answers that."""
        if self._server.session.capabilities.configuration:
            self._task = asyncio.get_running_loop().create_task(self._asked())

    async def _asked(self) -> None:
        item = types.ConfigurationItem(section="redline")
        try:
            answer = await self._server.workspace_configuration_async(
                types.ConfigurationParams([item])
            )
        except Exception as error:
            _log.warning("the client did not tell its settings: %s", type(error).__name__)
            return
        if answer:
            # Null: the client has none (any more).
            self._take(answer[0])

    def _take(self, told: object) -> None:
        session = self._server.session
        before = session.settings
        # A client need not send again what it gave at the start.
        session.settings, wrong = read_settings(told, self._given)
        # Positions were agreed on once and for all.
        session.settings = replace(session.settings, position_encoding=before.position_encoding)
        _complain(wrong)
        if session.settings == before:
            return
        if any(getattr(session.settings, one) != getattr(before, one) for one in _ELSEWHERE):
            session.reopen()
        session.settings_changed()


def register(server: Server) -> None:
    """Follow changes."""
    configuration = server.configuration
    server.session.on_ready.append(configuration.ready)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(params: types.DidChangeConfigurationParams) -> None:
        configuration.changed(params.settings)


def _complain(wrong: tuple[str, ...]) -> None:
    for fault in wrong:
        _log.warning("%s", fault)
