/** A language client for `redline serve`. */
import * as vscode from 'vscode';
import {
  LanguageClient,
  ShowMessageRequest,
  type DynamicFeature,
  type LanguageClientOptions,
  type ServerOptions,
  type StaticFeature,
} from 'vscode-languageclient/node';
import { capabilities } from '../protocol.js';
import { ask } from './questions.js';

/** Announces what this extension understands beyond the protocol. */
const extension: StaticFeature = {
  fillClientCapabilities(told) {
    told.experimental = {
      ...(told.experimental as object | undefined),
      redline: capabilities,
    };
  },
  initialize: () => undefined,
  getState: () => ({ kind: 'static' }),
  clear: () => undefined,
};

/** A client that leaves commands to the extension, which has them while no server runs, too. */
class Client extends LanguageClient {
  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    const method = 'registrationType' in feature ? feature.registrationType.method : undefined;
    if (method !== 'workspace/executeCommand') super.registerFeature(feature);
  }

  /** Faults go to the log: nobody asked for a message. */
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export function makeClient(
  server: ServerOptions,
  log: vscode.LogOutputChannel,
  more: LanguageClientOptions,
): LanguageClient {
  const client = new Client('redline', 'Redline', server, {
    // Every language: a task may be YAML, a grader Python, training data JSON Lines.
    documentSelector: [
      { scheme: 'file' },
      { scheme: 'untitled' },
      { notebook: 'jupyter-notebook' },
    ],
    outputChannel: log,
    ...more,
  });
  client.registerFeature(extension);
  client.onRequest(ShowMessageRequest.type, ask);
  return client;
}
