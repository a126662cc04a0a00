"""The protocol's types, loaded in less time than their library takes."""

from __future__ import annotations

import functools
from typing import Any


def load_types() -> None:
    """Import ``lsprotocol.types`` without the ``repr`` of its classes.

    It writes and compiles the methods of 554 classes at every start, and nobody looks at these;
    without them it takes two thirds of the time. Call it before anything imports the library;
    afterwards it does nothing.
    """
    import attrs

    define = attrs.define

    @functools.wraps(define)
    def without_repr(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 -- as the library
        return define(*arguments, **{"repr": False, **named})

    attrs.define = without_repr
    try:
        import lsprotocol.types  # noqa: F401 -- for its effect
    finally:
        attrs.define = define
