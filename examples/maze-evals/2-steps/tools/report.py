"""Summarise evaluation logs as a Markdown table for the weekly meeting."""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from pathlib import Path


def load_scores(log_directory: Path) -> dict[str, list[float]]:
    """Collect every sample score, grouped by the model that produced it."""
    grouped: dict[str, list[float]] = defaultdict(list)
    for log_file in sorted(log_directory.glob("*.json")):
        payload = json.loads(log_file.read_text(encoding="utf-8"))
        model_name = payload["eval"]["model"]
        for sample in payload.get("samples", []):
            grouped[model_name].extend(float(entry["value"]) for entry in sample["scores"].values())
    return dict(grouped)


def render_table(grouped: dict[str, list[float]]) -> str:
    """Render one row per model, best average first."""
    rows = ["| model | samples | average | spread |", "|---|---|---|---|"]
    ranking = sorted(grouped.items(), key=lambda item: statistics.fmean(item[1]), reverse=True)
    for model_name, values in ranking:
        average, spread = statistics.fmean(values), statistics.pstdev(values)
        rows.append(f"| {model_name} | {len(values)} | {average:.3f} | {spread:.3f} |")
    return "\n".join(rows)
