/** Where an assistant's regions stand after edits, and which lines each strength marks. */
import type { Position, Range } from 'vscode-languageclient';

import type { Region, Strength } from '../protocol.js';

/** An edit by its place and size alone: its text is nobody's concern here. */
export interface Shift {
  readonly range: Range;
  /** Where the inserted text ends. */
  readonly end: Position;
}

/** First and last line, both from 0 and inclusive. */
export type Band = readonly [first: number, last: number];

/** Strongest first: a line counts once, for its strongest evidence. */
export const STRENGTHS: readonly Strength[] = ['recorded', 'matched', 'declared', 'suspected'];

export function shiftOf(change: { readonly range: Range; readonly text: string }): Shift {
  const lines = change.text.split(/\r\n|\r|\n/);
  const { start } = change.range;
  const last = lines.at(-1)?.length ?? 0;
  const end =
    lines.length === 1
      ? { line: start.line, character: start.character + last }
      : { line: start.line + lines.length - 1, character: last };
  return { range: change.range, end };
}

/** The regions after an edit, without those whose text it took out. */
export function shifted(regions: readonly Region[], shift: Shift): Region[] {
  return regions.flatMap((region) => {
    const range = moved(region.range, shift);
    return compare(range.start, range.end) < 0 ? [{ ...region, range }] : [];
  });
}

/** The lines to mark for each strength, in order and without overlap. */
export function bands(regions: readonly Region[]): Map<Strength, Band[]> {
  const taken = new Set<number>();
  const marked = new Map<Strength, Band[]>();
  for (const strength of STRENGTHS) {
    const lines = new Set<number>();
    for (const region of regions) {
      if (region.strength !== strength) continue;
      const [first, last] = band(region.range);
      for (let line = first; line <= last; line++) if (!taken.has(line)) lines.add(line);
    }
    for (const line of lines) taken.add(line);
    marked.set(strength, joined([...lines].sort((one, other) => one - other)));
  }
  return marked;
}

/** The region that marks a line, the strongest where there are several. */
export function regionAt(regions: readonly Region[], line: number): Region | undefined {
  return regions
    .filter(({ range }) => {
      const [first, last] = band(range);
      return first <= line && line <= last;
    })
    .reduce<Region | undefined>(
      (best, next) =>
        best !== undefined && STRENGTHS.indexOf(best.strength) <= STRENGTHS.indexOf(next.strength)
          ? best
          : next,
      undefined,
    );
}

function band({ start, end }: Range): Band {
  // A range that ends before a line's first column does not reach into that line.
  const reaches = end.character > 0 || end.line === start.line;
  return [start.line, reaches ? end.line : end.line - 1];
}

function joined(lines: readonly number[]): Band[] {
  const found: [number, number][] = [];
  for (const line of lines) {
    const open = found.at(-1);
    if (open?.[1] === line - 1) open[1] = line;
    else found.push([line, line]);
  }
  return found;
}

/** What is put in right before or right behind a region does not belong to it. */
function moved({ start, end }: Range, shift: Shift): Range {
  const { range } = shift;
  const replaces = compare(range.start, range.end) < 0;
  let first = start;
  if (compare(start, range.end) >= 0) first = after(start, shift);
  else if (compare(start, range.start) > 0) first = shift.end;
  let last = end;
  const order = compare(end, range.end);
  if (order > 0 || (order === 0 && replaces && compare(start, range.start) < 0)) {
    last = after(end, shift);
  } else if (compare(end, range.start) > 0) last = range.start;
  return { start: first, end: last };
}

/** Where a position at or behind an edit's end stands after it. */
function after(position: Position, { range, end }: Shift): Position {
  const below = position.line - range.end.line;
  return below > 0
    ? { line: end.line + below, character: position.character }
    : { line: end.line, character: end.character + position.character - range.end.character };
}

function compare(one: Position, other: Position): number {
  return one.line - other.line || one.character - other.character;
}
