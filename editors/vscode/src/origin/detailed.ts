/** The editor's detailed reason for an edit, which only some editors give. */
import { word, type Detailed, type Kind } from './hint.js';

export interface Reason {
  readonly kind: Kind;
  readonly detailed: Detailed;
}

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['inlinecompletionaccept', 'inline_completion'],
  ['inlinecompletionpartialaccept', 'inline_completion'],
  ['suggest', 'completion'],
  ['snippet', 'snippet'],
  ['codeaction', 'code_action'],
  ['rename', 'command'],
  ['chat.applyedits', 'apply_edit'],
  ['inlinechat.applyedits', 'apply_edit'],
  ['chat.undoedits', 'undo'],
  ['chat.reset', 'undo'],
  ['reloadfromdisk', 'reload'],
  ['eolchange', 'format'],
  ['setvalue', 'program'],
  ['applyedits', 'program'],
]);

/** Of edits at the cursor. */
const CURSOR_KINDS: ReadonlyMap<string, Kind> = new Map([
  ['type', 'type'],
  ['cut', 'type'],
  ['compositiontype', 'type'],
  ['compositionend', 'type'],
  ['paste', 'paste'],
]);

/** Of edits that the editor calls unknown, by what made them. */
const NAMED: ReadonlyMap<string, Kind> = new Map([
  ['formateditscommand', 'format'],
  ['mainthreadtexteditor', 'program'],
]);

/** Reads a detailed reason; undefined where there is none or it is formed otherwise. */
export function reasonOf(told: unknown): Reason | undefined {
  const reason = table(told);
  const more = table(reason?.metadata) ?? {};
  const source = word(reason?.source) ?? word(more.source);
  if (source === undefined) return undefined;
  const extensionId = word(more.$extensionId ?? more.extensionId);
  const modelId = word(more.$modelId ?? more.modelId);
  const detailed = {
    source,
    ...(extensionId !== undefined && { extensionId }),
    ...(modelId !== undefined && { modelId }),
  };
  return { kind: kindOf(source.toLowerCase(), more), detailed };
}

function kindOf(source: string, more: Readonly<Record<string, unknown>>): Kind {
  if (source === 'cursor') {
    const command = (word(more.detailedSource) ?? '').toLowerCase();
    if (command.endsWith('draganddrop')) return 'move';
    return CURSOR_KINDS.get((word(more.kind) ?? '').toLowerCase()) ?? 'command';
  }
  if (source === 'unknown') {
    const name = word(more.name);
    // Without a name it is a workspace edit, of an extension or of the server.
    return name === undefined ? 'apply_edit' : (NAMED.get(name.toLowerCase()) ?? 'program');
  }
  return KINDS.get(source) ?? 'unknown';
}

function table(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
