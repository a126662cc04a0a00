/** Whether two texts are the same, without keeping either. */
import { createHash } from 'node:crypto';
import { texts, type Edit } from './edit.js';

export interface Imprint {
  readonly exact: string;
  /** The same for texts that differ in white space alone, as where a paste is indented anew. */
  readonly loose: string;
}

export function imprint(text: string): Imprint | undefined {
  const loose = text.replace(/\s+/g, '');
  if (loose === '') return undefined;
  return { exact: digest(text.replace(/\r\n?/g, '\n')), loose: digest(loose) };
}

/**
 * What came in is what an imprint was made of: as a whole, at each of several carets, or a line
 * at each of them.
 */
export function equality(edit: Edit, held: Imprint | undefined): 'exact' | 'loose' | undefined {
  const came = texts(edit);
  const forms = new Set([came.join(''), came.join('\n')]);
  if (new Set(came).size === 1) forms.add(came[0] ?? '');
  const found = [...forms].map(imprint);
  if (held === undefined || !found.some((one) => one?.loose === held.loose)) return undefined;
  return found.some((one) => one?.exact === held.exact) ? 'exact' : 'loose';
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
