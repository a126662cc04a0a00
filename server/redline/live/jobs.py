"""What a judging process can be asked to do, named without loading what does it.

``from redline.live.jobs import analyse`` gives a stand-in that travels as a name: the function
and all that it needs are loaded in the process that runs it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redline.live.analyse import analyse as analyse
    from redline.live.beside import beside as beside
    from redline.live.carrying import arrival as arrival
    from redline.live.carrying import carry_over as carry_over
    from redline.live.carrying import is_on_disk as is_on_disk
    from redline.live.declaring import declare_in as declare_in
    from redline.live.fixing import fix_all as fix_all
    from redline.live.fixing import offers_of as offers_of
    from redline.live.fixing import plan_of as plan_of
    from redline.live.notebook import analyse_notebook as analyse_notebook
    from redline.live.notebook import beside_cell as beside_cell
    from redline.live.remembering import remember as remember
    from redline.live.rule_files import define as define
    from redline.live.rule_files import look as look
    from redline.live.rule_files import match as match
    from redline.live.rule_files import offers as offers
    from redline.live.rule_files import propose as propose
    from redline.live.rule_files import refer as refer
    from redline.live.rule_files import tell as tell
    from redline.live.rule_files import try_out as try_out
    from redline.live.scan import begin_scan as begin_scan
    from redline.live.scan import judge_files as judge_files
    from redline.live.scan import scan_on as scan_on
    from redline.live.session_files import line_of as line_of
    from redline.live.session_files import readable_sessions as readable_sessions
    from redline.live.state import state_of as state_of
    from redline.live.tracing import trace as trace
    from redline.live.units import units_above as units_above
    from redline.live.wording import rule_words as rule_words
    from redline.live.zones import zones_of as zones_of

_JOBS = {
    "analyse": ("analyse",),
    "beside": ("beside",),
    "carrying": ("arrival", "carry_over", "is_on_disk"),
    "declaring": ("declare_in",),
    "fixing": ("fix_all", "offers_of", "plan_of"),
    "notebook": ("analyse_notebook", "beside_cell"),
    "remembering": ("remember",),
    "rule_files": ("define", "look", "match", "offers", "propose", "refer", "tell", "try_out"),
    "scan": ("begin_scan", "judge_files", "scan_on"),
    "session_files": ("line_of", "readable_sessions"),
    "state": ("state_of",),
    "tracing": ("trace",),
    "units": ("units_above",),
    "wording": ("rule_words",),
    "zones": ("zones_of",),
}
"""By module of this package, the functions that take a ``Workroom`` first."""


@dataclass(frozen=True, slots=True)
class Job:
    """Stands for a function of another module."""

    module: str
    function: str

    def __call__(self, *arguments: object, **named: object) -> object:
        """Do it here."""
        return _function(self.module, self.function)(*arguments, **named)

    def __reduce__(self) -> tuple[Callable[[str, str], object], tuple[str, str]]:
        """Arrive elsewhere as the function itself."""
        return _function, (self.module, self.function)

    def __str__(self) -> str:
        """Name it for people."""
        return self.function


def _function(module: str, function: str) -> Callable[..., object]:
    found: Callable[..., object] = getattr(import_module(module), function)
    return found


for _module, _functions in _JOBS.items():
    for _name in _functions:
        globals()[_name] = Job(f"redline.live.{_module}", _name)
