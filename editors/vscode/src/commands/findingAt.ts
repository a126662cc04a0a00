/** Which of several findings a caret means. */

interface Position {
  line: number;
  character: number;
}

interface Placed {
  range: { start: Position; end: Position };
  /** 0 is the most severe. */
  severity: number;
}

/** The finding that holds `caret`: the most severe, then the shortest, then the first. */
export function findingAt<T extends Placed>(
  findings: readonly T[],
  caret: Position,
): T | undefined {
  return findings
    .filter(({ range }) => !before(caret, range.start) && !before(range.end, caret))
    .sort(
      (one, other) =>
        one.severity - other.severity ||
        lines(one) - lines(other) ||
        one.range.start.line - other.range.start.line,
    )[0];
}

function before(one: Position, other: Position): boolean {
  return one.line < other.line || (one.line === other.line && one.character < other.character);
}

function lines({ range }: Placed): number {
  return range.end.line - range.start.line;
}
