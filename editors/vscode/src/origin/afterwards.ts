/** Finds out what an edit was that nothing spoke of: the clipboard held it, or the disk. */
import * as vscode from 'vscode';
import { isAtCaret } from './teller.js';
import type { Edit } from './edit.js';
import type { Hint } from './hint.js';
import { equality, imprint } from './imprint.js';

/** Long enough for the editor to mark a document as dirty, and short enough for the server. */
const SETTLED_MS = 150;

/** Says what it was, if that can be known. */
export async function afterwards(
  edit: Edit,
  document: vscode.TextDocument,
  hint: Hint,
  comparesClipboard: boolean,
): Promise<Hint | undefined> {
  const read = untouched(document);
  if (comparesClipboard && isAtCaret(edit) && vscode.window.state.focused) {
    const same = equality(edit, imprint(await clipboard()));
    if (same !== undefined) {
      return {
        ...hint,
        kind: 'paste',
        via: 'clipboard',
        paste: { mimes: [], exact: same === 'exact' },
      };
    }
  }
  return (await read) ? { ...hint, kind: 'reload', via: 'disk' } : undefined;
}

async function clipboard(): Promise<string> {
  try {
    return await vscode.env.clipboard.readText();
  } catch {
    // Nobody is asked for leave; nothing is known then.
    return '';
  }
}

/** The document has not become dirty by an edit, and nobody has saved it since. */
async function untouched(document: vscode.TextDocument): Promise<boolean> {
  if (document.uri.scheme !== 'file') return false;
  const saved = new Set<vscode.TextDocument>();
  const saves = vscode.workspace.onDidSaveTextDocument((one) => saved.add(one));
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  saves.dispose();
  return !saved.has(document) && !document.isDirty && !document.isClosed;
}
