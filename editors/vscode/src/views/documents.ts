/** What the server says of open documents, as it comes in. */
import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { documentState, type DocumentState } from '../protocol.js';
import { LiveStates } from './liveStates.js';
import { shiftOf } from './regions.js';

/** The documents that the client tells the server of. */
const SCHEMES = new Set(['file', 'untitled', 'vscode-notebook-cell']);

export interface Documents {
  /** What is known of a document, its regions where they stand now. */
  state(document: vscode.TextDocument): DocumentState | undefined;
  /** Something was said of the document with this URI; undefined: of all of them. */
  readonly onSaid: vscode.Event<string | undefined>;
  dispose(): void;
}

export function isFollowed({ uri }: vscode.TextDocument): boolean {
  return SCHEMES.has(uri.scheme);
}

export function followDocuments(context: Context): Documents {
  const states = new LiveStates();
  const said = new vscode.EventEmitter<string | undefined>();
  const following = vscode.Disposable.from(
    said,
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (!isFollowed(document)) return;
      states.edited(document.uri.toString(), document.version, contentChanges.map(shiftOf));
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      states.forget(uri.toString());
    }),
    context.onClient((client) =>
      vscode.Disposable.from(
        client.onNotification(documentState, (told) => {
          const uri = client.protocol2CodeConverter.asUri(told.textDocument.uri).toString();
          const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri);
          if (document === undefined) return;
          if (states.told(uri, told, document.version)) said.fire(uri);
        }),
        new vscode.Disposable(() => {
          states.clear();
          said.fire(undefined);
        }),
      ),
    ),
  );
  return {
    state: (document) => states.state(document.uri.toString()),
    onSaid: said.event,
    dispose: () => {
      following.dispose();
    },
  };
}
