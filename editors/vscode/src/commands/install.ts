/** Installs the server when a person asks for it, and offers it once where rules want it. */
import * as vscode from 'vscode';
import type { Context } from '../context.js';
import { hasRules } from '../server/folders.js';
import { install } from '../server/install.js';
import { InstallError } from '../server/installError.js';
import type { Server } from '../server/server.js';

const DECLINED = 'installation.declined';
const INSTALL = 'Install the server';
const NOT_NOW = 'Not now';
const SHOW_LOG = 'Show the log';

export function registerInstallation(context: Context, server: Server): vscode.Disposable {
  let running: Promise<void> | undefined;
  let offered = false;

  const begin = (): Promise<void> => {
    running ??= carryOut(context, server).finally(() => (running = undefined));
    return running;
  };
  const offer = async (): Promise<void> => {
    if (offered || context.extension.globalState.get<boolean>(DECLINED) === true) return;
    offered = true;
    if (!(await anyRules())) return;
    const words =
      'Redline: this repository has rules, but the server that judges by them is not installed.';
    const choice = await vscode.window.showInformationMessage(words, INSTALL, NOT_NOW);
    if (choice === INSTALL) await begin();
    else if (choice === NOT_NOW) await context.extension.globalState.update(DECLINED, true);
  };
  return vscode.Disposable.from(
    vscode.commands.registerCommand('redline.installServer', begin),
    context.onState(({ kind }) => {
      if (kind === 'missing') void offer();
    }),
  );
}

async function carryOut(context: Context, server: Server): Promise<void> {
  const { extension, log } = context;
  // A server that runs from the environment would keep its files.
  await server.stop('being installed');
  try {
    if ((await install(extension, log)) === undefined) log.info('The installation was cancelled.');
  } catch (error) {
    const known = error instanceof InstallError;
    const words = known ? error.message : String(error);
    log.error(`The installation failed: ${words}`);
    void vscode.window
      .showErrorMessage(`Redline: the server was not installed. ${words}`, SHOW_LOG)
      .then((choice) => {
        if (choice === SHOW_LOG) log.show();
      });
  }
  await server.restart();
}

async function anyRules(): Promise<boolean> {
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    if (uri.scheme === 'file' && (await hasRules(uri.fsPath))) return true;
  }
  return false;
}
