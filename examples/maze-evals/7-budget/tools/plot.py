"""Draw a bar chart of average scores as plain text."""

from __future__ import annotations


def bar_chart(averages: dict[str, float], width: int = 40) -> str:
    """Return one labelled bar per model, scaled to the requested width."""
    if not averages:
        return "no scores recorded yet"
    label_width = max(len(name) for name in averages)
    largest = max(averages.values()) or 1.0
    lines = []
    for name, average in sorted(averages.items(), key=lambda pair: pair[1], reverse=True):
        filled = round(average / largest * width)
        bar = "█" * filled + "░" * (width - filled)
        lines.append(f"{name.ljust(label_width)} {bar} {average:.2f}")
    return "\n".join(lines)
