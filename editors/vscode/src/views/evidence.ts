/** Shows the evidence for a place: the file beside the session's text, or a page. */
import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { baseName, choices, readable, sides } from './comparison.js';
import type { Choice, Comparison, Explanation } from './comparison.js';
import { Papers } from './papers.js';

/** A place to explain, as the server understands it. */
export interface Place {
  readonly uri: string;
  readonly fingerprint?: string;
  readonly range?: unknown;
}

const COMMAND = 'redline.showEvidence';

export function registerEvidence(context: Context): vscode.Disposable {
  const papers = new Papers();

  async function explain(argument?: unknown): Promise<void> {
    const place = isPlace(argument) ? argument : atCursor();
    if (place === undefined) return;
    // The server explains open documents only.
    await vscode.workspace.openTextDocument(vscode.Uri.parse(place.uri, true));
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
      await papers.showSides(baseName(known.path), sides(known, chosen));
    }
  }

  return vscode.Disposable.from(papers, vscode.commands.registerCommand(COMMAND, explain));
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

function atCursor(): Place | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const { start, end } = editor.selection;
  return {
    uri: editor.document.uri.toString(),
    range: {
      start: { line: start.line, character: start.character },
      end: { line: end.line, character: end.character },
    },
  };
}

function isPlace(value: unknown): value is Place {
  return (
    typeof value === 'object' && value !== null && 'uri' in value && typeof value.uri === 'string'
  );
}
