/** Documents of evidence: read-only, in memory, and gone when their tab is closed. */
import * as vscode from 'vscode';

import type { Sides } from './comparison.js';

const SCHEME = 'redline-paper';
const PREVIEW = /(^|-)markdown\.preview$/;
const GONE = 'This evidence is no longer kept. Open it again from its finding.\n';

export class Papers implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #held: vscode.Disposable;
  /** While a tab opens, what it will show is in no tab. */
  #opening = 0;
  #count = 0;

  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#held = vscode.Disposable.from(
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.window.tabGroups.onDidChangeTabs(() => {
        this.#sweep();
      }),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? GONE;
  }

  async showSides(name: string, { title, file, session }: Sides): Promise<void> {
    const number = ++this.#count;
    const left = this.#keep(`${number}/file/${name}`, file);
    const right = this.#keep(`${number}/session/${name}`, session);
    await this.#open('vscode.diff', left, right, title, { preview: true });
  }

  async showPage(name: string, markdown: string): Promise<void> {
    const page = this.#keep(`${++this.#count}/Evidence for ${name}.md`, markdown);
    await this.#open('markdown.showPreview', page);
  }

  dispose(): void {
    this.#texts.clear();
    this.#held.dispose();
  }

  /** A document's language, and so its colours, follow from its name. */
  #keep(path: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${path}` });
    this.#texts.set(uri.toString(), text);
    return uri;
  }

  async #open(command: string, ...rest: readonly unknown[]): Promise<void> {
    this.#opening++;
    try {
      await vscode.commands.executeCommand(command, ...rest);
    } finally {
      this.#opening--;
    }
    this.#sweep();
  }

  #sweep(): void {
    if (this.#opening > 0) return;
    const open = new Set<string>();
    let previews = false;
    for (const { input } of vscode.window.tabGroups.all.flatMap((group) => group.tabs)) {
      if (input instanceof vscode.TabInputTextDiff) {
        open.add(input.original.toString()).add(input.modified.toString());
      } else if (input instanceof vscode.TabInputText) open.add(input.uri.toString());
      else if (input instanceof vscode.TabInputWebview) previews ||= PREVIEW.test(input.viewType);
    }
    for (const uri of this.#texts.keys()) {
      // A preview does not tell what it shows.
      if (!open.has(uri) && !(previews && uri.endsWith('.md'))) this.#texts.delete(uri);
    }
  }
}
