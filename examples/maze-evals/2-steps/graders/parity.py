"""A way of odd length cannot end on a cell of the same colour."""

from __future__ import annotations

from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import TaskState


def chessboard(drawing: str, letter: str) -> int:
    """Colour of the cell that carries the letter: 0 or 1, as on a board."""
    for row, text in enumerate(drawing.splitlines()):
        if letter in text:
            return (row + text.index(letter)) % 2
    raise ValueError(f"no {letter} in the drawing")


@scorer(metrics=[mean()])
def parity() -> Scorer:
    """Half marks to whoever gets at least the parity of the way right."""

    async def score(state: TaskState, target: Target) -> Score:
        drawing = state.input_text.split("\n\n", 1)[1]
        moves = state.output.completion.strip()
        due = chessboard(drawing, "S") ^ chessboard(drawing, "E")
        return Score(value=0.5 if len(moves) % 2 == due else 0.0, answer=moves)

    return score
