/** Documents of evidence: read-only, in memory, and gone when their tab is closed. */
import * as vscode from 'vscode';

import type { Sides } from './comparison.js';

const SCHEME = 'redline-paper';
const PREVIEW = /(^|-)markdown\.preview$/;
const GONE = 'This evidence is no longer kept. Open it again from its finding.\n';

interface Paper {
  readonly text: string;
  /** A tab has shown it: once none does any more, it is let go. */
  shown: boolean;
}

export class Papers implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #papers = new Map<string, Paper>();
  readonly #held: vscode.Disposable;
  /** No name of an earlier session, whose tabs the editor may have brought back. */
  #count = Date.now();

  constructor() {
    this.#held = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.window.tabGroups.onDidChangeTabs(() => {
        this.#sweep();
      }),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#papers.get(uri.toString())?.text ?? GONE;
  }

  async showSides({ name, title, file, session }: Sides): Promise<void> {
    const number = ++this.#count;
    const left = this.#keep(`${number}/file/${name}`, file);
    const right = this.#keep(`${number}/session/${name}`, session);
    await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true });
  }

  async showPage(name: string, markdown: string): Promise<void> {
    const page = this.#keep(`${++this.#count}/Evidence for ${name}.md`, markdown);
    await vscode.commands.executeCommand('markdown.showPreview', page);
  }

  dispose(): void {
    this.#papers.clear();
    this.#held.dispose();
  }

  /** A document's language, and so its colours, follow from its name. */
  #keep(path: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${path}` });
    this.#papers.set(uri.toString(), { text, shown: false });
    return uri;
  }

  #sweep(): void {
    const open = new Set<string>();
    let previews = false;
    for (const { input } of vscode.window.tabGroups.all.flatMap((group) => group.tabs)) {
      if (input instanceof vscode.TabInputTextDiff) {
        open.add(input.original.toString()).add(input.modified.toString());
      } else if (input instanceof vscode.TabInputText) open.add(input.uri.toString());
      else if (input instanceof vscode.TabInputWebview) previews ||= PREVIEW.test(input.viewType);
    }
    for (const [uri, paper] of this.#papers) {
      // A preview does not tell what it shows.
      const visible = open.has(uri) || (previews && uri.endsWith('.md'));
      if (paper.shown && !visible) this.#papers.delete(uri);
      paper.shown ||= visible;
    }
  }
}
