/** Shows the evidence for a place: the file beside the session's text, or a page. */
import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { baseName, choices, readable, sides } from './comparison.js';
import type { Choice, Comparison, Explanation } from './comparison.js';
import { isFollowed, type Documents } from './documents.js';
import { Papers } from './papers.js';
import { regionAt } from './regions.js';

/** A place to explain, as the server understands it. */
export interface Place {
  readonly uri: string;
  readonly fingerprint?: string;
  readonly range?: unknown;
}

const COMMAND = 'redline.showEvidence';

export function registerEvidence(context: Context, documents: Documents): vscode.Disposable {
  const papers = new Papers();

  async function explain(argument?: unknown): Promise<void> {
    const place = isPlace(argument) ? argument : atCursor(documents);
    if (place === undefined) {
      void vscode.window.showInformationMessage(
        'Redline: open the text that you want to ask about.',
      );
      return;
    }
    if (!(await isOpened(place))) return;
    const known = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: 'Redline: reading the evidence' },
      () => context.execute<Explanation>(COMMAND, { ...place, show: false }),
    );
    if (known === undefined) return;
    const found = readable(known);
    const [only] = found;
    const chosen = only !== undefined && found.length === 1 ? only : await choose(known, found);
    if (chosen === 'page') await papers.showPage(baseName(known.path), known.markdown);
    else if (chosen !== undefined) {
      await papers.showSides(sides(known, chosen));
    }
  }

  return vscode.Disposable.from(papers, vscode.commands.registerCommand(COMMAND, explain));
}

/** The server explains open documents only. */
async function isOpened({ uri }: Place): Promise<boolean> {
  const at = vscode.Uri.parse(uri, true);
  try {
    await vscode.workspace.openTextDocument(at);
    return true;
  } catch {
    // Deleted, or a cell of a notebook that was closed, since it was listed.
    void vscode.window.showWarningMessage(`Redline: ${baseName(at.path)} cannot be opened.`);
    return false;
  }
}

async function choose(
  known: Explanation,
  found: readonly Comparison[],
): Promise<Comparison | 'page' | undefined> {
  if (found.length === 0) return 'page';
  const page: vscode.QuickPickItem = { label: '$(book) All of it on one page' };
  const picks: (vscode.QuickPickItem & Partial<Choice>)[] = choices(known, found);
  const chosen = await vscode.window.showQuickPick([...picks, page], {
    title: `Evidence for ${baseName(known.path)}`,
    placeHolder: 'Which text of a session to lay beside the file',
    matchOnDescription: true,
  });
  return chosen === page ? 'page' : chosen && (chosen as Choice).comparison;
}

/** What is selected; without a selection the region around the cursor, else its line. */
function atCursor(documents: Documents): Place | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || !isFollowed(editor.document)) return undefined;
  const uri = editor.document.uri.toString();
  const { start, end, isEmpty } = editor.selection;
  const chosen = {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
  const regions = documents.state(editor.document)?.regions ?? [];
  const region = isEmpty ? regionAt(regions, chosen.start.line) : undefined;
  if (region?.fingerprint !== undefined) return { uri, fingerprint: region.fingerprint };
  return { uri, range: region?.range ?? chosen };
}

function isPlace(value: unknown): value is Place {
  return (
    typeof value === 'object' && value !== null && 'uri' in value && typeof value.uri === 'string'
  );
}
