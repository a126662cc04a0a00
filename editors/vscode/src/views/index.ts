/** What a person sees. */
import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { registerDecorations } from './decorations.js';
import { followDocuments } from './documents.js';
import { registerEvidence } from './evidence.js';
import { registerStatusBar } from './statusBar.js';
import { registerTree } from './tree.js';

export function register(context: Context): vscode.Disposable {
  const documents = followDocuments(context);
  return vscode.Disposable.from(
    documents,
    registerStatusBar(context, documents),
    registerDecorations(context, documents),
    registerTree(context),
    registerEvidence(context, documents),
  );
}
