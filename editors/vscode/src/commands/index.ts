/** What a person can have Redline do. */
import * as vscode from 'vscode';
import type { Context } from '../context.js';
import type { Server } from '../server/server.js';

export function register(context: Context, server: Server): vscode.Disposable {
  const { log } = context;
  return vscode.Disposable.from(
    vscode.commands.registerCommand('redline.restart', () => server.restart()),
    vscode.commands.registerCommand('redline.showLog', () => {
      log.show();
    }),
    vscode.commands.registerCommand('redline.checkWorkspace', () =>
      context.execute('redline.checkWorkspace'),
    ),
  );
}
