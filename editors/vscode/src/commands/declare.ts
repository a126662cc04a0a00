/** Says where a text is from: the one selected, or that of the finding at the caret. */
import * as vscode from 'vscode';
import type { Context } from '../context.js';
import { isFollowed } from '../views/documents.js';
import { findingAt } from './findingAt.js';

const COMMAND = 'redline.declare';

/** A range as the server understands it. */
interface Plain {
  start: { line: number; character: number };
  end: { line: number; character: number };
}

/** What the server's command takes. */
export interface Target {
  uri: string;
  fingerprint?: string;
  range?: Plain;
}

export async function declare(context: Context, target?: Target): Promise<void> {
  const about = target ?? chosen();
  if (about !== undefined) await context.execute(COMMAND, about);
}

function chosen(): Target | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || !isFollowed(editor.document)) {
    void vscode.window.showInformationMessage('Redline: open the text that you want to speak of.');
    return undefined;
  }
  const uri = editor.document.uri.toString();
  const { selection } = editor;
  if (!selection.isEmpty) return { uri, range: plain(selection) };
  const findings = vscode.languages
    .getDiagnostics(editor.document.uri)
    .filter(({ source }) => source?.toLowerCase() === 'redline');
  const finding = findingAt(findings, selection.active);
  if (finding !== undefined) return { uri, range: plain(finding.range) };
  void vscode.window.showInformationMessage(
    'Redline: select the text that you want to speak of, or put the caret into a finding.',
  );
  return undefined;
}

function plain({ start, end }: vscode.Range): Plain {
  return {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
}
