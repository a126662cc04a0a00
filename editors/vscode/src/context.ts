/** What the parts of the extension share. */
import type * as vscode from 'vscode';
import type { LanguageClient, Middleware } from 'vscode-languageclient/node';
import type { Settings } from './settings.js';

/** What the server is doing, in words that a status bar or a welcome page may show. */
export type ServerState =
  | { kind: 'off'; words: string } // no folder has a repository, or nothing is trusted
  | { kind: 'missing'; words: string } // no server found; `redline.installServer` helps
  | { kind: 'starting'; words: string }
  | { kind: 'running'; words: string; version: string }
  | { kind: 'failed'; words: string }; // `redline.showLog` and `redline.restart` help

export interface Context {
  readonly extension: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly settings: Settings;
  /**
   * Given to every client. A part puts in what it wants to see while it registers; no two parts
   * want the same hook.
   *
   * Commands of the server have no hook: the client registers none of them. Each part registers
   * those that it answers, so they say something useful where no server runs, too.
   */
  readonly middleware: Middleware;
  readonly state: ServerState;
  readonly onState: vscode.Event<ServerState>;
  /** The client whose server runs. */
  client(): LanguageClient | undefined;
  /**
   * Calls back with the running client and with each later one, when it runs. What it returns is
   * disposed of when that client stops.
   */
  onClient(callback: (client: LanguageClient) => vscode.Disposable): vscode.Disposable;
  /**
   * Has the server carry out one of its commands, with the answer of a person's own action: where
   * no server runs or it refuses, that is said, and undefined returned.
   */
  execute<T>(command: string, argument?: unknown): Promise<T | undefined>;
}
