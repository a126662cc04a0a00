/** The extension's settings, and those among them that the server understands. */
import * as vscode from 'vscode';

export const SECTION = 'redline';

export interface Settings {
  /** The value of `redline.<name>`; `package.json` holds the default of each. */
  get<T>(name: string): T;
  /** Calls back when one of `redline.<name>` has changed. */
  onChange(names: readonly string[], callback: () => void): vscode.Disposable;
}

export const settings: Settings = {
  get<T>(name: string): T {
    const value = vscode.workspace.getConfiguration(SECTION).get<T>(name);
    if (value === undefined) throw new Error(`there is no setting ${SECTION}.${name}`);
    return value;
  },
  onChange(names, callback) {
    return vscode.workspace.onDidChangeConfiguration((event) => {
      if (names.some((name) => event.affectsConfiguration(`${SECTION}.${name}`))) callback();
    });
  },
};

/** Settings of the server, as `redline serve` names them. */
export const SERVER_SETTINGS = [
  'index',
  'policy',
  'sessions',
  'watchFiles',
  'delay',
  'underline',
  'hoverEvidence',
  'lenses',
  'ask',
  'workspaceDiagnostics',
] as const;

/** What the server is told: its own settings and no other, for it complains of those. */
export function serverSettings(from: Settings): Record<string, unknown> {
  return Object.fromEntries(SERVER_SETTINGS.map((name) => [name, from.get(name)]));
}
