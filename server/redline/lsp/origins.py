"""What plugins say about edits: the notification ``redline/editOrigin``."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from redline.live.hints import HintError, parse

if TYPE_CHECKING:
    from redline.lsp.server import Server

METHOD = "redline/editOrigin"

_log = logging.getLogger(__name__)


def register(server: Server) -> None:
    """Hear them; one that is not what it should be is logged and let go."""

    @server.feature(METHOD)
    def told(params: Any) -> None:  # noqa: ANN401 -- whatever a client sends
        try:
            hint = parse(params)
        except HintError as error:
            _log.warning("%s is ignored: %s", METHOD, error)
            return
        server.session.hear(hint)
