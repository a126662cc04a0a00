"""Rule files: read strictly, merged upon a floor, asked for zones and decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redline.lazily import lazily

if TYPE_CHECKING:
    from redline.policy.load import Gathered, check_bytes, gather, load_policy, nested_files
    from redline.policy.packs import builtin_names, builtin_pack
    from redline.policy.policy import Decision, Policy
    from redline.policy.problems import PolicyError, PolicyProblem
    from redline.policy.table import Rule

__all__ = [
    "Decision",
    "Gathered",
    "Policy",
    "PolicyError",
    "PolicyProblem",
    "Rule",
    "builtin_names",
    "builtin_pack",
    "check_bytes",
    "gather",
    "load_policy",
    "nested_files",
]

if not TYPE_CHECKING:
    __getattr__ = lazily(
        __name__,
        {
            "Decision": "policy",
            "Gathered": "load",
            "Policy": "policy",
            "PolicyError": "problems",
            "PolicyProblem": "problems",
            "Rule": "table",
            "builtin_names": "packs",
            "builtin_pack": "packs",
            "check_bytes": "load",
            "gather": "load",
            "load_policy": "load",
            "nested_files": "load",
        },
    )
