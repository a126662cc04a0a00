"""A grader that bears an assistant's mark, and one that people wrote."""

MARK = b"# Generated with [Claude Code](https://claude.com/claude-code)\n"
MARKED = MARK + b"def score(answer):\n    return 1\n"
HUMAN = b"def score(answer):\n    return 0\n"
