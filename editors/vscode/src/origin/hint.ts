/** The notification `redline/editOrigin`: what is known about how one edit came about. */

export type Kind =
  | 'type'
  | 'paste'
  | 'move'
  | 'inline_completion'
  | 'completion'
  | 'snippet'
  | 'undo'
  | 'redo'
  | 'format'
  | 'code_action'
  | 'apply_edit'
  | 'reload'
  | 'command'
  | 'program'
  | 'unknown';

/** How it is known. */
export type Via =
  | 'reason' // the event's own word for undo and redo
  | 'detailed-reason'
  | 'command' // of accepting a completion
  | 'provider' // of pastes or drops
  | 'copy' // the same text was copied in this window before
  | 'clipboard' // it holds the same text
  | 'disk' // the document did not become dirty
  | 'shape'; // what changed, and where the caret was

/** Where a pasted text was copied from. */
export interface Source {
  readonly uri: string;
}

/** What is told of a paste; never its text. */
export interface Pasted {
  readonly mimes: readonly string[];
  /** The text that came in is the text that was held, white space included. */
  readonly exact: boolean;
  readonly source?: Source;
}

/** The editor's own word for the reason. */
export interface Detailed {
  readonly source: string;
  readonly extensionId?: string;
  readonly modelId?: string;
}

export interface Hint {
  readonly textDocument: { readonly uri: string; readonly version: number };
  readonly kind: Kind;
  readonly via: Via;
  /** Letters put in, letters taken out, and changes. */
  readonly ins: number;
  readonly del: number;
  readonly n: number;
  readonly detailed?: Detailed;
  readonly paste?: Pasted;
}

export const METHOD = 'redline/editOrigin';

const LONGEST_WORD = 200;
const MOST_MIMES = 50;

/** A text that the server takes; others are left out, for they would cost the whole hint. */
export function word(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_WORD
    ? value
    : undefined;
}

/** The names of the forms that a text is held in. */
export function mimesOf(names: Iterable<string>): string[] {
  return [...names].filter((name) => word(name) !== undefined).slice(0, MOST_MIMES);
}
