/** Shows what the server tells of itself, for a report: a page that is never saved. */
import * as vscode from 'vscode';
import type { Context } from '../context.js';

const SCHEME = 'redline-debug';
const PAGE = vscode.Uri.from({ scheme: SCHEME, path: 'Redline debug information.txt' });

export function registerDebugInformation(context: Context): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  let text = '';
  const show = async (): Promise<void> => {
    const told = await context.execute<string>('redline.debugInformation');
    if (told === undefined) return;
    text = told;
    changed.fire(PAGE);
    await vscode.window.showTextDocument(PAGE, { preview: false });
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: () => text,
    }),
    vscode.commands.registerCommand('redline.debugInformation', show),
  );
}
