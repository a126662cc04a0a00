/** Says of each edit how it came about, from what was heard before it and from its shape. */
import { reasonOf } from './detailed.js';
import { completes, endOf, isAt, isBlock, isKey, type Edit, type Span } from './edit.js';
import type { Hint, Kind, Pasted, Source, Via } from './hint.js';
import { equality, type Imprint } from './imprint.js';

/** A text that was offered to a document and may come in with its next edit. */
export interface Offer {
  readonly uri: string;
  /** Of the document when it was offered. */
  readonly version: number;
  readonly mimes: readonly string[];
  readonly held: Imprint;
  readonly source?: Source;
}

/** A text that was copied in this window. */
export interface Copy {
  readonly source: Source;
  readonly held: Imprint;
}

const OFFER_LASTS = 5_000;
const COMMAND_LASTS = 1_500;
/** Edits that may come between an offer and its edit: keys that were pressed meanwhile. */
const MOST_BETWEEN = 2;

interface Answer {
  readonly kind: Kind;
  readonly via: Via;
  readonly paste?: Pasted;
}

/** Times are in milliseconds of one clock. */
export class Teller {
  #offer: { readonly at: number; readonly offer: Offer } | undefined;
  #accepted: { readonly at: number; readonly uri: string } | undefined;
  #copy: Copy | undefined;
  /** Where the caret is behind the last edit; its selection event may be late. */
  #behind: { readonly uri: string; readonly version: number; readonly caret: Span } | undefined;

  /** A text is about to be pasted or dropped. */
  offered(offer: Offer, now: number): void {
    this.#offer = { at: now, offer };
  }

  /** A completion is about to be accepted in a document. */
  accepting(uri: string, now: number): void {
    this.#accepted = { at: now, uri };
  }

  copied(copy: Copy): void {
    this.#copy = copy;
  }

  /** Says what an edit is; `trusts` its detailed reason or does not look at it. */
  tell(edit: Edit, now: number, trusts: boolean): Hint {
    const known = this.#behind;
    const behind = known?.uri === edit.uri && known.version + 1 === edit.version && known.caret;
    const seen = behind && edit.carets ? { ...edit, carets: [...edit.carets, behind] } : edit;
    const answer = this.#answer(seen, now, trusts);
    this.#follow(seen);
    return {
      textDocument: { uri: edit.uri, version: edit.version },
      ins: sum(edit, (change) => change.text.length),
      del: sum(edit, (change) => change.rangeLength),
      n: edit.changes.length,
      ...answer,
    };
  }

  #answer(edit: Edit, now: number, trusts: boolean): Answer & Pick<Hint, 'detailed'> {
    const reason = trusts ? reasonOf(edit.detailed) : undefined;
    const detailed = reason && { detailed: reason.detailed };
    if (edit.reason !== undefined) return { kind: edit.reason, via: 'reason', ...detailed };
    const offered = this.#taken(edit, now);
    if (reason) {
      const paste = reason.kind === 'paste' ? (offered ?? this.#copied(edit))?.paste : undefined;
      return { kind: reason.kind, via: 'detailed-reason', ...detailed, ...(paste && { paste }) };
    }
    return this.#accept(edit, now) ?? offered ?? this.#copied(edit) ?? byShape(edit);
  }

  #accept(edit: Edit, now: number): Answer | undefined {
    const accepted = this.#accepted;
    if (accepted?.uri !== edit.uri) return undefined;
    this.#accepted = undefined;
    const fresh = now - accepted.at <= COMMAND_LASTS;
    return fresh && sum(edit, (change) => change.text.length) > 0
      ? { kind: 'inline_completion', via: 'command' }
      : undefined;
  }

  #taken(edit: Edit, now: number): Answer | undefined {
    const known = this.#offer;
    if (known?.offer.uri !== edit.uri) return undefined;
    const { at, offer } = known;
    if (now - at > OFFER_LASTS || edit.version - offer.version > MOST_BETWEEN + 1) {
      this.#offer = undefined;
      return undefined;
    }
    const same = equality(edit, offer.held);
    if (same === undefined) return undefined;
    this.#offer = undefined;
    const copied = this.#copy?.held.loose === offer.held.loose ? this.#copy.source : undefined;
    const source = offer.source ?? copied;
    const paste = { mimes: offer.mimes, exact: same === 'exact', ...(source && { source }) };
    return { kind: 'paste', via: 'provider', paste };
  }

  #copied(edit: Edit): Answer | undefined {
    if (this.#copy === undefined || edit.changes.every(isKey) || !isAtCaret(edit)) return undefined;
    const same = equality(edit, this.#copy.held);
    if (same === undefined) return undefined;
    const paste = { mimes: [], exact: same === 'exact', source: this.#copy.source };
    return { kind: 'paste', via: 'copy', paste };
  }

  #follow(edit: Edit): void {
    const [change] = edit.changes;
    if (edit.changes.length !== 1 || change === undefined || !isAtCaret(edit)) {
      this.#behind = undefined;
      return;
    }
    const end = endOf(change);
    const caret = { start: end, end };
    this.#behind = { uri: edit.uri, version: edit.version, caret };
  }
}

/** Whether something outside the edit may still say what it is: the clipboard, or the disk. */
export function isOpen(hint: Hint, edit: Edit): boolean {
  return hint.via === 'shape' && isBlock(edit);
}

/** An edit where somebody writes, as far as the editor can tell. */
export function isAtCaret(edit: Edit): boolean {
  const { carets } = edit;
  return carets === undefined || edit.changes.some((change) => isAt(change, carets));
}

function byShape(edit: Edit): Answer {
  const via = 'shape';
  if (edit.carets?.length === 0) return { kind: 'program', via };
  if (edit.changes.every(isKey)) return { kind: 'type', via };
  if (!isAtCaret(edit)) return { kind: 'program', via };
  return { kind: completes(edit) ? 'completion' : 'unknown', via };
}

function sum(edit: Edit, size: (change: Edit['changes'][number]) => number): number {
  return edit.changes.reduce((before, change) => before + size(change), 0);
}
