/** Has the server carry out a command that a person has chosen. */
import * as vscode from 'vscode';
import { ExecuteCommandRequest } from 'vscode-languageclient/node';
import type { Server } from './server.js';

export async function execute<T>(
  server: Server,
  log: vscode.LogOutputChannel,
  command: string,
  argument?: unknown,
): Promise<T | undefined> {
  const client = server.client();
  if (client === undefined) {
    void vscode.window.showWarningMessage(`Redline: ${absence(server)}`);
    return undefined;
  }
  try {
    const params = { command, arguments: argument === undefined ? [] : [argument] };
    return (await client.sendRequest(ExecuteCommandRequest.type, params)) as T;
  } catch (error) {
    const ended = server.client() !== client;
    const told = error instanceof Error ? error.message : String(error);
    const words = ended ? 'the server ended before it had answered.' : told;
    log.error(`${command}: ${words}`);
    void vscode.window.showWarningMessage(`Redline: ${words}`);
    return undefined;
  }
}

function absence(server: Server): string {
  switch (server.state.kind) {
    case 'off':
      return 'no server runs, for no open folder is in a repository.';
    case 'missing':
      return 'the server is not installed.';
    case 'starting':
    case 'running':
      return 'the server is still starting.';
    case 'failed':
      return server.state.words;
  }
}
