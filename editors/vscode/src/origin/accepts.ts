/** Hears when an inline completion is accepted, by standing before the editor's own commands. */
import * as vscode from 'vscode';

const COMMANDS = [
  'editor.action.inlineSuggest.commit',
  'editor.action.inlineSuggest.acceptNextWord',
  'editor.action.inlineSuggest.acceptNextLine',
];

type Heard = (uri: string) => void;

export function watchAccepts(heard: Heard, log: vscode.LogOutputChannel): vscode.Disposable {
  return vscode.Disposable.from(...COMMANDS.map((id) => new Watched(id, heard, log)));
}

/**
 * One command that is heard and then carried out by whoever has it otherwise.
 *
 * The editor offers no event. A command that an extension registers goes before the built-in of
 * the same name; while it is registered no more, the name means the built-in again.
 */
class Watched implements vscode.Disposable {
  #registration: vscode.Disposable | undefined;
  #running = 0;
  #disposed = false;

  constructor(
    private readonly id: string,
    private readonly heard: Heard,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#register();
  }

  dispose(): void {
    this.#disposed = true;
    this.#release();
  }

  #register(): void {
    if (this.#disposed || this.#running > 0) return;
    try {
      this.#registration = vscode.commands.registerCommand(this.id, this.#run, this);
    } catch {
      // Another extension stands there; it goes first, and nothing is heard.
      this.log.debug(`${this.id} belongs to another extension`);
      this.#disposed = true;
    }
  }

  #release(): void {
    this.#registration?.dispose();
    this.#registration = undefined;
  }

  async #run(...given: unknown[]): Promise<unknown> {
    this.#running += 1;
    try {
      this.#release();
      this.#tell();
      return await vscode.commands.executeCommand(this.id, ...given);
    } finally {
      this.#running -= 1;
      this.#register();
    }
  }

  #tell(): void {
    try {
      const document = vscode.window.activeTextEditor?.document;
      if (document !== undefined) this.heard(document.uri.toString());
    } catch (error) {
      this.log.error(`${this.id} was not heard`, error);
    }
  }
}
