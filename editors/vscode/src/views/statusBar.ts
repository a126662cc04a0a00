/** The status bar item of the current file, and the menu behind it. */
import * as vscode from 'vscode';

import type { Context } from '../context.js';
import type { DocumentState } from '../protocol.js';
import { isFollowed, type Documents } from './documents.js';
import { LINKED, look, offers, type Offer } from './status.js';

/** A judgement that takes no longer than this is not announced: nothing flickers while typing. */
const QUIET = 1500;

export function registerStatusBar(context: Context, documents: Documents): vscode.Disposable {
  const item = vscode.window.createStatusBarItem(
    'redline.file',
    vscode.StatusBarAlignment.Right,
    100,
  );
  item.name = 'Redline';
  item.command = 'redline.showMenu';
  let document: vscode.TextDocument | undefined;
  let shown: vscode.TextDocument | undefined;
  let waiting: NodeJS.Timeout | undefined;

  function current(): DocumentState | undefined {
    return document && documents.state(document);
  }

  function draw(): void {
    clearTimeout(waiting);
    document = currentDocument(document);
    const brief = current()?.state === 'judging' && context.state.kind === 'running';
    if (brief && shown === document) waiting = setTimeout(show, QUIET);
    else show();
  }

  function show(): void {
    const state = current();
    shown = state && document;
    const told = look(context.state, state);
    if (told === undefined) {
      item.hide();
      return;
    }
    item.text = told.text;
    item.tooltip = new vscode.MarkdownString(told.tooltip);
    item.tooltip.isTrusted = { enabledCommands: LINKED };
    item.accessibilityInformation = { label: told.spoken, role: 'button' };
    item.backgroundColor = told.alarming
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    item.show();
  }

  async function menu(): Promise<void> {
    const picks = offers(context.state, current()).map(pick);
    const title = look(context.state, current())?.spoken ?? context.state.words;
    const chosen = await vscode.window.showQuickPick(picks, { title, placeHolder: 'What to do' });
    if (chosen !== undefined) await vscode.commands.executeCommand(chosen.offer.command);
  }

  draw();
  return vscode.Disposable.from(
    item,
    new vscode.Disposable(() => {
      clearTimeout(waiting);
    }),
    vscode.commands.registerCommand('redline.showMenu', menu),
    vscode.window.onDidChangeActiveTextEditor(draw),
    vscode.window.onDidChangeVisibleTextEditors(draw),
    documents.onSaid(draw),
    context.onState(draw),
  );
}

/** The file that somebody works on, also while the caret is in a log or in a search. */
function currentDocument(before: vscode.TextDocument | undefined): vscode.TextDocument | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  if (activeTextEditor !== undefined && isFollowed(activeTextEditor.document)) {
    return activeTextEditor.document;
  }
  return visibleTextEditors.some((editor) => editor.document === before) ? before : undefined;
}

function pick(offer: Offer): vscode.QuickPickItem & { offer: Offer } {
  return {
    label: `$(${offer.icon}) ${offer.words}`,
    ...(offer.detail !== undefined && { description: offer.detail }),
    offer,
  };
}
