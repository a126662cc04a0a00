/** What a person can have Redline do. */
import * as vscode from 'vscode';
import type { Context } from '../context.js';
import type { Server } from '../server/server.js';
import { registerDebugInformation } from './debug.js';
import { declare, type Target } from './declare.js';
import { registerInstallation } from './install.js';

/** Commands of the server that the extension answers itself, here or in the views. */
const OWN = new Set([
  'redline.checkWorkspace',
  'redline.debugInformation',
  'redline.declare',
  'redline.showEvidence',
]);

export function register(context: Context, server: Server): vscode.Disposable {
  const { executeCommand, registerCommand } = vscode.commands;
  return vscode.Disposable.from(
    registerCommand('redline.restart', () => server.restart()),
    registerCommand('redline.showLog', () => {
      context.log.show();
    }),
    registerCommand('redline.checkWorkspace', () => context.execute('redline.checkWorkspace')),
    registerCommand('redline.declare', (target?: Target) => declare(context, target)),
    registerCommand('redline.openSettings', () =>
      executeCommand('workbench.action.openSettings', '@ext:redline.redline'),
    ),
    registerCommand('redline.openWalkthrough', () =>
      executeCommand('workbench.action.openWalkthrough', 'redline.redline#start', false),
    ),
    registerDebugInformation(context),
    registerInstallation(context, server),
    forwardOthers(context),
  );
}

/** What lenses and quick fixes name goes to the server as it is. */
function forwardOthers(context: Context): vscode.Disposable {
  return context.onClient((client) => {
    const told = client.initializeResult?.capabilities.executeCommandProvider?.commands ?? [];
    const others = told.filter((command) => !OWN.has(command));
    return vscode.Disposable.from(
      ...others.map((command) =>
        vscode.commands.registerCommand(command, (argument?: unknown) =>
          context.execute(command, argument),
        ),
      ),
    );
  });
}
