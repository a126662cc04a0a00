"""Marks a way through a maze: it must arrive, and shorter is better."""

from __future__ import annotations

from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import TaskState

HEADINGS = {"N": (-1, 0), "S": (1, 0), "W": (0, -1), "E": (0, 1)}


def walk(drawing: str, moves: str) -> tuple[int, int] | None:
    """Follow the moves; None as soon as one of them hits a wall."""
    grid = drawing.splitlines()
    row = next(index for index, text in enumerate(grid) if "S" in text)
    column = grid[row].index("S")
    for move in moves:
        down, right = HEADINGS.get(move, (0, 0))
        row, column = row + down, column + right
        if grid[row][column] == "#":
            return None
    return row, column


@scorer(metrics=[mean()])
def path_length() -> Scorer:
    """Full marks for the shortest way, half for any other that arrives."""

    async def score(state: TaskState, target: Target) -> Score:
        drawing = state.input_text.split("\n\n", 1)[1]
        moves = state.output.completion.strip()
        reached = walk(drawing, moves)
        exits = drawing.splitlines()
        if reached is None or exits[reached[0]][reached[1]] != "E":
            return Score(value=0.0, answer=moves)
        return Score(value=1.0 if len(moves) == len(target.text) else 0.5, answer=moves)

    return score
