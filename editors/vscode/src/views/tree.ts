/** The view of all projects: what is protected, what was found there, and on what evidence. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';

import type { Context } from '../context.js';
import { overview, overviewChanged, type Overview } from '../protocol.js';
import { coverage } from './checked.js';
import { counts, itemsOf, update, type Face, type Item, type Level } from './items.js';

const VIEW = 'redline.overview';
const EMPTY: Overview = { projects: [] };
const ICONS: Readonly<Record<Level, [icon: string, colour: string]>> = {
  error: ['error', 'problemsErrorIcon.foreground'],
  warning: ['warning', 'problemsWarningIcon.foreground'],
  note: ['info', 'problemsInfoIcon.foreground'],
};

class Tree implements vscode.TreeDataProvider<Item> {
  readonly #changed = new vscode.EventEmitter<Item[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #items: Item[] = [];
  readonly #view: vscode.TreeView<Item>;
  /** A request that is under way, and whether something has changed since it was sent. */
  #asking: Promise<void> | undefined;
  #stale = false;

  constructor() {
    this.#view = vscode.window.createTreeView(VIEW, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
  }

  getTreeItem(item: Item): vscode.TreeItem {
    return treeItem(item);
  }

  async getChildren(item?: Item): Promise<Item[]> {
    if (item !== undefined) return item.children;
    // Until the first answer is there the view shows that it is on its way.
    if (this.#items.length === 0) await this.#asking;
    return this.#items;
  }

  /** Asks the server; what changes meanwhile is asked for once more. */
  async ask(client: LanguageClient): Promise<void> {
    this.#stale = true;
    this.#asking ??= this.#askWhileStale(client).finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  show(told: Overview): void {
    const redraw = update(this.#items, itemsOf(told));
    if (redraw === 'all') this.#changed.fire(undefined);
    else if (redraw.length > 0) this.#changed.fire(redraw);
    // An empty view shows its welcome instead.
    this.#view.message =
      this.#items.length > 0 ? coverage(told, new Date(), vscode.env.language) : '';
    const { error } = counts(told);
    const tooltip = error === 1 ? '1 error' : `${error} errors`;
    this.#view.badge = error > 0 ? { value: error, tooltip } : undefined;
  }

  get selected(): Item | undefined {
    return this.#view.selection[0];
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
  }

  async #askWhileStale(client: LanguageClient): Promise<void> {
    while (this.#stale && client.isRunning()) {
      this.#stale = false;
      const told = await client.sendRequest(overview);
      if (client.isRunning()) this.show(told);
    }
  }
}

export function registerTree(context: Context): vscode.Disposable {
  const tree = new Tree();

  async function ask(client: LanguageClient | undefined): Promise<void> {
    try {
      if (client !== undefined) await tree.ask(client);
    } catch (error) {
      // A server that ends while it is asked has said so already.
      if (client?.isRunning()) context.log.warn(`the overview could not be read: ${String(error)}`);
    }
  }

  function tell(): void {
    void vscode.commands.executeCommand('setContext', 'redline.server', context.state.kind);
  }

  /** Commands get the item of a menu, or by keyboard the one that is selected. */
  function onItem(act: (face: Face) => Thenable<unknown> | undefined) {
    return (item?: Item) => {
      const chosen = item ?? tree.selected;
      return chosen && act(chosen.face);
    };
  }

  tell();
  return vscode.Disposable.from(
    tree,
    context.onState(tell),
    context.onClient((client) => {
      void ask(client);
      return vscode.Disposable.from(
        client.onNotification(overviewChanged, () => void ask(client)),
        new vscode.Disposable(() => {
          tree.show(EMPTY);
        }),
      );
    }),
    vscode.commands.registerCommand('redline.refreshOverview', () => ask(context.client())),
    vscode.commands.registerCommand(
      'redline.item.open',
      onItem((face) => {
        const place = present(face);
        return place && open(place);
      }),
    ),
    vscode.commands.registerCommand(
      'redline.item.showEvidence',
      onItem(
        ({ target }) => target && vscode.commands.executeCommand('redline.showEvidence', target),
      ),
    ),
    vscode.commands.registerCommand('redline.item.declare', onItem(declare)),
    vscode.commands.registerCommand(
      'redline.item.copy',
      onItem(({ copied, label }) => vscode.env.clipboard.writeText(copied ?? label)),
    ),
  );
}

/** Where it leads now: of findings that edits have only moved the view is not told. */
function present({ kind, place, target }: Face): Face['place'] {
  if (kind !== 'finding' || place?.range === undefined || target === undefined) return place;
  const told = place.range.start.line;
  const [nearest] = vscode.languages
    .getDiagnostics(vscode.Uri.parse(target.uri, true))
    .filter((one) => fingerprintOf(one) === target.fingerprint)
    .map(({ range }) => range)
    .sort((one, other) => Math.abs(one.start.line - told) - Math.abs(other.start.line - told));
  return nearest === undefined ? place : { uri: place.uri, range: nearest };
}

/** The client keeps what the server has put beside a diagnostic for itself. */
function fingerprintOf(diagnostic: vscode.Diagnostic & { data?: unknown }): unknown {
  const { data } = diagnostic;
  return typeof data === 'object' && data !== null && 'fingerprint' in data
    ? data.fingerprint
    : undefined;
}

async function open({ uri, range }: NonNullable<Face['place']>): Promise<void> {
  const selection =
    range &&
    new vscode.Range(
      range.start.line,
      range.start.character,
      // The caret goes to the beginning: nobody wants to replace a finding by a key.
      range.start.line,
      range.start.character,
    );
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(uri, true), { selection });
}

async function declare(face: Face): Promise<void> {
  const { target } = face;
  const place = present(face);
  if (target === undefined || place === undefined) return;
  // Who answers for a text sees it, and the server takes answers for open documents only.
  await open(place);
  await vscode.commands.executeCommand('redline.declare', target);
}

function treeItem({ id, face, children }: Item): vscode.TreeItem {
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  const unfolded = face.opened ? Expanded : Collapsed;
  const item = new vscode.TreeItem(face.label, children.length === 0 ? None : unfolded);
  item.id = id;
  item.contextValue = face.place === undefined ? face.kind : `${face.kind} placed`;
  if (face.description !== undefined) item.description = face.description;
  if (face.tooltip !== undefined) item.tooltip = face.tooltip;
  if (face.spoken !== undefined) item.accessibilityInformation = { label: face.spoken };
  if (face.resource !== undefined) item.resourceUri = vscode.Uri.parse(face.resource, true);
  item.iconPath = iconOf(face);
  const command = commandOf(face);
  if (command !== undefined) item.command = { title: face.label, command, arguments: [{ face }] };
  return item;
}

/** What choosing an item does; others unfold. */
function commandOf({ kind, place, target }: Face): string | undefined {
  if (kind !== 'finding' && kind !== 'fault' && kind !== 'evidence') return undefined;
  if (place !== undefined) return 'redline.item.open';
  return target && 'redline.item.showEvidence';
}

function iconOf(face: Face): vscode.ThemeIcon {
  const level = face.level && ICONS[face.level];
  switch (face.kind) {
    case 'file':
      return vscode.ThemeIcon.File;
    case 'zone':
      return new vscode.ThemeIcon('shield', level && new vscode.ThemeColor(level[1]));
    case 'project':
      return new vscode.ThemeIcon('root-folder');
    case 'evidence':
      return new vscode.ThemeIcon('note');
    default:
      return new vscode.ThemeIcon(level?.[0] ?? 'info', level && new vscode.ThemeColor(level[1]));
  }
}
