"""Retry container start-up with exponential back-off and jitter."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

LOGGER = logging.getLogger(__name__)
ResultT = TypeVar("ResultT")


class ContainerUnavailableError(RuntimeError):
    """Raised when the sandbox could not be started within the allowed attempts."""


async def start_with_backoff(
    launch: Callable[[], Awaitable[ResultT]],
    *,
    max_attempts: int = 5,
    initial_delay: float = 0.5,
    max_delay: float = 20.0,
) -> ResultT:
    """Launch a sandbox, doubling the delay after each transient failure."""
    delay = initial_delay
    for attempt in range(1, max_attempts + 1):
        try:
            return await launch()
        except (ConnectionError, TimeoutError) as error:
            if attempt == max_attempts:
                message = f"sandbox unavailable after {max_attempts} attempts"
                raise ContainerUnavailableError(message) from error
            jitter = random.uniform(0.0, delay / 4)
            LOGGER.warning("attempt %d failed (%s); retrying in %.1f s", attempt, error, delay)
            await asyncio.sleep(delay + jitter)
            delay = min(delay * 2, max_delay)
    raise AssertionError("unreachable")
