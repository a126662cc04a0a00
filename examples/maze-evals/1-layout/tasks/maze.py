"""Mazes of three sizes, drawn with walls of hash signs."""

from __future__ import annotations

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.solver import generate, system_message

from graders.path_length import path_length

SMALL = """\
#########
#S..#...#
##.##.#.#
#..#..#.#
#.##.##.#
#.......E
#########
"""

WIDE = """\
###############
#S....#.......#
#.###.#.#####.#
#.#...#.....#.#
#.#.#######.#.#
#...........#.E
###############
"""


@task
def maze() -> Task:
    """Ask for the shortest way from S to E as a word of N, E, S and W."""
    question = "Which moves lead from S to E? Answer with one word.\n\n"
    samples = [
        Sample(id="small", input=question + SMALL, target="ESSWSSEEEEEE"),
        Sample(id="wide", input=question + WIDE, target="SSSSEEEEEEEEEENNNNEES"),
    ]
    return Task(
        dataset=MemoryDataset(samples),
        solver=[system_message("prompts/system.md"), generate()],
        scorer=path_length(),
    )
