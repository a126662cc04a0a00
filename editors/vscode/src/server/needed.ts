/** Starts the server where there is something for it to do. */
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Context } from '../context.js';
import { inRepository } from './folders.js';
import type { Server } from './server.js';

const SCHEMES = new Set(['file', 'vscode-notebook-cell']);

/** People without a repository at hand pay for no process of Python. */
export function startWhereNeeded(context: Context, server: Server): vscode.Disposable {
  let started = false;
  const start = async (folder: string): Promise<void> => {
    if (started || !(await inRepository(folder))) return;
    started = true;
    await server.start();
  };
  const look = (): void => {
    for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
      if (uri.scheme === 'file') void start(uri.fsPath);
    }
  };
  const lookAt = ({ uri }: vscode.TextDocument): void => {
    // A cell has the path of its notebook.
    if (SCHEMES.has(uri.scheme)) void start(dirname(uri.fsPath));
  };
  look();
  vscode.workspace.textDocuments.forEach(lookAt);
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeWorkspaceFolders(look),
    vscode.workspace.onDidOpenTextDocument(lookAt),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      // The workspace's own Python counts from now on.
      if (started && server.state.kind !== 'running') void server.restart();
    }),
    context.settings.onChange(['server'], () => {
      if (started) void server.restart();
    }),
  );
}
