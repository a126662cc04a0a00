/** Lines of a file and of the session that wrote them, laid out as two texts to compare. */

interface Line {
  readonly line: number;
  readonly text: string;
}

interface Row {
  readonly kind: 'same' | 'changed' | 'file' | 'session' | 'context';
  readonly file: readonly Line[];
  readonly session: readonly Line[];
}

/** As far as a view needs it: `docs/explanation.schema.json` describes all of it. */
export interface Comparison {
  readonly evidence: readonly number[];
  readonly lines: { readonly first: number; readonly last: number };
  readonly unknown: string | null;
  readonly written_to: string | null;
  readonly tokens: { readonly all: number; readonly equal: number; readonly renamed: number };
  readonly more_lines: number;
  readonly rows: readonly Row[];
}

interface Piece {
  readonly assistant: string;
  readonly session: string | null;
  readonly time: string | null;
  readonly commit: string | null;
}

export interface Explanation {
  readonly path: string;
  readonly lines: { readonly first: number; readonly last: number };
  readonly evidence: readonly Piece[];
  readonly comparisons: readonly Comparison[];
  /** Of assistants, as people write them. */
  readonly names: Readonly<Record<string, string>>;
  readonly markdown: string;
}

/** Two texts side by side. */
export interface Sides {
  readonly title: string;
  /** Of both documents; their language follows from it. */
  readonly name: string;
  readonly file: string;
  readonly session: string;
}

/** One comparison among several, to choose from. */
export interface Choice {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly comparison: Comparison;
}

/** Those that have text to show. */
export function readable(known: Explanation): Comparison[] {
  return known.comparisons.filter((one) => one.unknown === null && one.rows.length > 0);
}

export function sides(known: Explanation, comparison: Comparison): Sides {
  // What surrounds the lines is on one side only: it would look like a difference.
  const rows = comparison.rows.filter((row) => row.kind !== 'context');
  const file = rows.flatMap((row) => row.file);
  const first = file[0]?.line ?? comparison.lines.first;
  const last = file.at(-1)?.line ?? comparison.lines.last;
  const notebook = isNotebook(known);
  const name = baseName(known.path);
  // Lines of a notebook's file are none that anybody sees.
  const place = notebook ? name : `${name}:${span({ first, last })}`;
  return {
    title: `${place} ↔ ${origin(known, comparison)}`,
    name: notebook ? baseName(comparison.written_to ?? 'cell.txt') : fragmentName(name),
    file: text(notebook ? file.map(ofCell) : file),
    session: text(rows.flatMap((row) => row.session)),
  };
}

export function choices(known: Explanation, comparisons: readonly Comparison[]): Choice[] {
  return comparisons.map((comparison) => ({
    label: origin(known, comparison),
    description: comparison.written_to === null ? '' : `wrote ${comparison.written_to}`,
    detail: `${comparison.tokens.equal} of ${comparison.tokens.all} tokens the same, lines ${span(comparison.lines)}`,
    comparison,
  }));
}

/** The name of a document that is shown for a file's path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Some lines of JSON are no JSON, and an editor would say so; of JSON Lines it does not. */
function fragmentName(name: string): string {
  return name.replace(/\.jsonc?$/, '.jsonl');
}

function isNotebook({ path }: Explanation): boolean {
  return path.endsWith('.ipynb');
}

/** A line of a cell as a person wrote it, where a notebook's file quotes it on a line of its own. */
function ofCell({ line, text }: Line): Line {
  const quoted = /^\s*(".*"),?\s*$/.exec(text)?.[1];
  if (quoted === undefined) return { line, text };
  try {
    return { line, text: (JSON.parse(quoted) as string).replace(/\n$/, '') };
  } catch {
    return { line, text };
  }
}

function origin(known: Explanation, { evidence }: Comparison): string {
  const piece = known.evidence[evidence[0] ?? -1];
  if (piece === undefined) return 'session';
  const day = piece.time?.slice(0, 10);
  const name = known.names[piece.assistant] ?? piece.assistant;
  return [name, day].filter(Boolean).join(', ');
}

function span({ first, last }: { readonly first: number; readonly last: number }): string {
  return first === last ? `${first}` : `${first}–${last}`;
}

/** Lines in their order; where some are left out, a line with an ellipsis stands for them. */
function text(lines: readonly Line[]): string {
  let before: number | undefined;
  const shown = lines.flatMap(({ line, text }) => {
    const gap = before !== undefined && line !== before + 1;
    before = line;
    return gap ? ['⋯', text] : [text];
  });
  return shown.length === 0 ? '' : `${shown.join('\n')}\n`;
}
