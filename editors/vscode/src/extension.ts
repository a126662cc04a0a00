/** The Redline extension: composes its parts around one language server. */
import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import * as commands from './commands/index.js';
import type { Context } from './context.js';
import * as origin from './origin/index.js';
import { startWhereNeeded } from './server/needed.js';
import { answersOfSettings } from './server/configuration.js';
import { Server } from './server/server.js';
import { execute } from './server/execute.js';
import { settings } from './settings.js';
import * as views from './views/index.js';

let server: Server | undefined;

export function activate(extension: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Redline', { log: true });
  const middleware: Middleware = { workspace: answersOfSettings(settings) };
  const life = new Server(extension.globalStorageUri.fsPath, log, settings, middleware);
  server = life;
  const context: Context = {
    extension,
    log,
    settings,
    middleware,
    get state() {
      return life.state;
    },
    onState: life.onState,
    client: () => life.client(),
    onClient: (callback) => life.onClient(callback),
    execute: (command, argument) => execute(life, log, command, argument),
  };
  extension.subscriptions.push(
    log,
    life,
    views.register(context),
    origin.register(context),
    commands.register(context, life),
    startWhereNeeded(context, life),
  );
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
