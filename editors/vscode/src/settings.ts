/** The extension's settings as the editor keeps them. */
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
