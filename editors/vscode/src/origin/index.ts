/** Tells the server of each edit how it came about, as far as the editor lets that be known. */
import * as vscode from 'vscode';
import type { Context } from '../context.js';
import { watchAccepts } from './accepts.js';
import { afterwards } from './afterwards.js';
import { watchCopies, watchDrops, watchPastes } from './clips.js';
import type { Edit } from './edit.js';
import { METHOD, type Hint } from './hint.js';
import { isOpen, Teller } from './teller.js';

const CELL = 'vscode-notebook-cell';
const DETAILED = 'origin.useDetailedReason';
const COMMANDS = 'origin.watchCommands';
const PASTES = 'origin.watchPastes';
const CLIPBOARD = 'origin.compareClipboard';

export function register(context: Context): vscode.Disposable {
  const origin = new Origin(context);
  // The client sends cells with their notebook, not as documents that it tells middleware of.
  const cells = vscode.workspace.onDidChangeTextDocument((event) => {
    if (event.document.uri.scheme === CELL) origin.edited(event);
  });
  context.middleware.didChange = (event, next) => {
    origin.edited(event);
    return next(event);
  };
  return vscode.Disposable.from(cells, origin);
}

class Origin implements vscode.Disposable {
  readonly #teller = new Teller();
  readonly #lasting: vscode.Disposable;
  #pastes: vscode.Disposable | undefined;
  #accepts: vscode.Disposable | undefined;
  /** The editor gives detailed reasons; unknown before the first edit. */
  #detailed: boolean | undefined;

  constructor(private readonly context: Context) {
    this.#lasting = vscode.Disposable.from(
      watchCopies((copy) => {
        this.#teller.copied(copy);
      }),
      context.settings.onChange([DETAILED, COMMANDS, PASTES], () => {
        this.#watch();
      }),
    );
    this.#watch();
  }

  dispose(): void {
    vscode.Disposable.from(this.#lasting, ...some(this.#pastes), ...some(this.#accepts)).dispose();
  }

  /** Never throws, for the change itself must reach the server. */
  edited(event: vscode.TextDocumentChangeEvent): void {
    const client = this.context.client();
    if (client === undefined || event.contentChanges.length === 0) return;
    try {
      const edit = read(event);
      this.#learn(edit.detailed !== undefined);
      const hint = this.#teller.tell(edit, Date.now(), this.#is(DETAILED));
      this.#send(hint);
      if (isOpen(hint, edit)) void this.#ask(edit, event.document, hint);
    } catch (error) {
      this.context.log.error('an edit was not told', error);
    }
  }

  async #ask(edit: Edit, document: vscode.TextDocument, hint: Hint): Promise<void> {
    const better = await afterwards(edit, document, hint, this.#mayReadClipboard());
    if (better !== undefined) this.#send(better);
  }

  #send(hint: Hint): void {
    this.context
      .client()
      ?.sendNotification(METHOD, hint)
      .catch((error: unknown) => {
        this.context.log.debug('an edit was not told', error);
      });
  }

  #learn(detailed: boolean): void {
    if (this.#detailed === detailed) return;
    this.#detailed = detailed;
    this.#watch();
  }

  /** Watches what the settings allow and the edits themselves do not tell. */
  #watch(): void {
    const told = this.#detailed !== false && this.#is(DETAILED);
    this.#pastes = kept(this.#pastes, this.#is(PASTES), () => {
      const heard = this.#teller.offered.bind(this.#teller);
      return vscode.Disposable.from(
        watchPastes((offer) => {
          heard(offer, Date.now());
        }),
        watchDrops((offer) => {
          heard(offer, Date.now());
        }),
      );
    });
    this.#accepts = kept(this.#accepts, this.#is(COMMANDS) && !told, () =>
      watchAccepts((uri) => {
        this.#teller.accepting(uri, Date.now());
      }, this.context.log),
    );
  }

  #is(setting: string): boolean {
    return this.context.settings.get<boolean>(setting);
  }

  /** A browser would ask the person for leave, so there they must have said so themselves. */
  #mayReadClipboard(): boolean {
    if (vscode.env.uiKind === vscode.UIKind.Desktop) return this.#is(CLIPBOARD);
    return vscode.workspace.getConfiguration('redline').inspect(CLIPBOARD)?.globalValue === true;
  }
}

/** What stands in the event, and where the carets are before it. */
function read(event: vscode.TextDocumentChangeEvent): Edit {
  const { document, contentChanges: changes, reason } = event;
  const uri = document.uri.toString();
  const editors = vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
  const carets = editors.flatMap((editor) => editor.selections);
  const undo = reason === vscode.TextDocumentChangeReason.Undo;
  return {
    uri,
    version: document.version,
    changes,
    ...(reason !== undefined && { reason: undo ? 'undo' : 'redo' }),
    // Only some editors let extensions see it; the types of the stable interface have no such word.
    detailed: (event as { detailedReason?: unknown }).detailedReason,
    // A cell may be shown in an editor that extensions do not see.
    ...((editors.length > 0 || document.uri.scheme !== CELL) && { carets }),
  };
}

function kept(
  held: vscode.Disposable | undefined,
  wanted: boolean,
  make: () => vscode.Disposable,
): vscode.Disposable | undefined {
  if (wanted) return held ?? make();
  held?.dispose();
  return undefined;
}

function some<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}
