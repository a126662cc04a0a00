/** One edit of a document as the editor tells it, and what its shape says. */

export interface Place {
  readonly line: number;
  readonly character: number;
}

export interface Span {
  readonly start: Place;
  readonly end: Place;
}

export interface Change {
  readonly range: Span;
  readonly rangeLength: number;
  readonly text: string;
}

export interface Edit {
  readonly uri: string;
  /** Of the document behind the edit. */
  readonly version: number;
  readonly changes: readonly Change[];
  readonly reason?: 'undo' | 'redo';
  /** What the editor calls the detailed reason, whatever that is. */
  readonly detailed?: unknown;
  /** All selections in the document before the edit; undefined where the editor cannot tell. */
  readonly carets?: readonly Span[];
}

const FEW_LETTERS = 60;
const TELLING_LETTERS = 8;

/** Texts that came in, in the order of the document. */
export function texts(edit: Edit): string[] {
  return [...edit.changes]
    .sort((one, other) => compare(one.range.start, other.range.start))
    .map((change) => change.text)
    .filter((text) => text !== '');
}

/** What one key does: a letter and its closing one, a line end with its indentation, a deletion. */
export function isKey(change: Change): boolean {
  return change.text.length <= 2 || /^(\r?\n[ \t]*){1,2}$/.test(change.text);
}

/** So much text that its origin may matter. */
export function isBlock(edit: Edit): boolean {
  const all = texts(edit).join('\n');
  const telling = all.split('\n').filter((line) => letters(line) >= TELLING_LETTERS);
  return telling.length >= 2 || letters(all) >= FEW_LETTERS;
}

/** Where a change's text ends once it stands. */
export function endOf(change: Change): Place {
  const lines = change.text.split(/\r\n|\r|\n/);
  const last = lines.at(-1) ?? '';
  const { line, character } = change.range.start;
  return lines.length === 1
    ? { line, character: character + last.length }
    : { line: line + lines.length - 1, character: last.length };
}

/** A change begins or ends where a selection does. */
export function isAt(change: Change, carets: readonly Span[]): boolean {
  const ends = [change.range.start, change.range.end];
  return carets.some((caret) =>
    ends.some((end) => isSame(end, caret.start) || isSame(end, caret.end)),
  );
}

/** A word before a caret has become a longer text, as accepted suggestions do and keys do not. */
export function completes(edit: Edit): boolean {
  return edit.changes.some(
    (change) =>
      change.rangeLength > 0 &&
      change.text.length > change.rangeLength &&
      change.range.start.line === change.range.end.line &&
      edit.carets?.some(
        (caret) => isSame(caret.start, caret.end) && isSame(caret.end, change.range.end),
      ) === true,
  );
}

function isSame(one: Place, other: Place): boolean {
  return compare(one, other) === 0;
}

function compare(one: Place, other: Place): number {
  return one.line - other.line || one.character - other.character;
}

function letters(text: string): number {
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}
