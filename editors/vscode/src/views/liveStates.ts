/** The last word of the server about each open document, kept in step with edits since then. */
import type { DocumentState, Region } from '../protocol.js';
import { type Shift, shifted } from './regions.js';

/** Edits that are remembered, so that a word about a text of a moment ago still finds its place. */
const MOST_EDITS = 200;

interface Edit {
  readonly version: number;
  readonly shifts: readonly Shift[];
}

interface Known {
  edits: Edit[];
  state?: DocumentState;
}

export class LiveStates {
  readonly #known = new Map<string, Known>();

  /** What is known of a document, its regions where they stand now. */
  state(uri: string): DocumentState | undefined {
    return this.#known.get(uri)?.state;
  }

  /** Takes what the server says; false where it speaks of a text that is not there. */
  told(uri: string, told: DocumentState, version: number): boolean {
    const known = this.#of(uri);
    const regions = since(known.edits, told, version);
    if (regions === undefined) return false;
    // While it is judging nothing new is known: what was marked stays so.
    const kept = told.state === 'judging' ? known.state?.regions : undefined;
    known.state = { ...told, regions: kept ?? regions };
    return true;
  }

  /** An edit made `version` of a document. */
  edited(uri: string, version: number, shifts: readonly Shift[]): void {
    const known = this.#of(uri);
    known.edits.push({ version, shifts });
    if (known.edits.length > MOST_EDITS) known.edits.shift();
    if (known.state !== undefined) {
      known.state = { ...known.state, regions: all(known.state.regions, shifts) };
    }
  }

  forget(uri: string): void {
    this.#known.delete(uri);
  }

  /** The server has gone: what it said counts no more. */
  clear(): void {
    for (const known of this.#known.values()) delete known.state;
  }

  #of(uri: string): Known {
    let known = this.#known.get(uri);
    if (known === undefined) {
      known = { edits: [] };
      this.#known.set(uri, known);
    }
    return known;
  }
}

function since(
  edits: readonly Edit[],
  { regions, textDocument }: DocumentState,
  now: number,
): Region[] | undefined {
  const from = textDocument.version;
  if (from > now) return undefined;
  const missed = edits.filter((edit) => edit.version > from);
  // The server says it once: with too few edits remembered it counts all the same, nearly in place.
  return missed.reduce<Region[]>((moving, edit) => all(moving, edit.shifts), [...regions]);
}

function all(regions: readonly Region[], shifts: readonly Shift[]): Region[] {
  return shifts.reduce<Region[]>(shifted, [...regions]);
}
