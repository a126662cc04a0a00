/** What the status bar says of the current file, and what its menu offers. */
import type { ServerState } from '../context.js';
import type { DocumentState } from '../protocol.js';
import { commandLink, escaped } from './markdown.js';

export interface Look {
  readonly text: string;
  /** Markdown. */
  readonly tooltip: string;
  /** For whom the bar is read aloud. */
  readonly spoken: string;
  /** Nothing is judged, and somebody should know. */
  readonly alarming: boolean;
}

/** One thing that can be done from the status bar. */
export interface Offer {
  readonly icon: string;
  readonly words: string;
  readonly detail?: string;
  readonly command: string;
}

/** The commands that a tooltip may link to. */
export const LINKED: readonly string[] = [
  'redline.overview.focus',
  'redline.showLog',
  'redline.restart',
  'redline.installServer',
  'workbench.actions.view.problems',
];

const SERVER_ICONS = { missing: 'warning', failed: 'warning', starting: 'loading~spin' } as const;

/** How the item looks; undefined where there is nothing to say. */
export function look(server: ServerState, document: DocumentState | undefined): Look | undefined {
  if (server.kind === 'off') return undefined;
  if (server.kind !== 'running') {
    return {
      text: `$(${SERVER_ICONS[server.kind]}) Redline`,
      tooltip: paragraphs(`**Redline**: ${escaped(server.words)}`, links(server)),
      spoken: `Redline: ${server.words}`,
      alarming: server.kind !== 'starting',
    };
  }
  if (document === undefined || document.state === 'outside') return undefined;
  return {
    text: `$(${iconOf(document)}) ${plain(document.words)}`,
    tooltip: tooltip(server, document),
    spoken: `Redline: ${document.words}`,
    alarming: false,
  };
}

/** What can be done now, the likeliest first. */
export function offers(server: ServerState, document: DocumentState | undefined): Offer[] {
  const log = { icon: 'output', words: 'Show the log', command: 'redline.showLog' };
  const restart = {
    icon: 'refresh',
    words: 'Restart the server',
    command: 'redline.restart',
  };
  const view = {
    icon: 'shield',
    words: 'Show the protected zones',
    command: 'redline.overview.focus',
  };
  const settings = {
    icon: 'gear',
    words: 'Open the settings',
    command: 'redline.openSettings',
  };
  if (server.kind === 'missing') {
    const install = 'redline.installServer';
    return [
      { icon: 'cloud-download', words: 'Install the server', command: install },
      log,
      settings,
    ];
  }
  if (server.kind !== 'running') return [restart, log, settings];
  const check = {
    icon: 'check-all',
    words: 'Check all files',
    detail: 'As they lie on disk',
    command: 'redline.checkWorkspace',
  };
  const here: Offer[] = [];
  if (document !== undefined && total(document) + document.questions > 0) {
    here.push({
      icon: 'arrow-down',
      words: 'Go to the next finding',
      command: 'editor.action.marker.next',
    });
  }
  if (document !== undefined && document.regions.length > 0) {
    here.push({
      icon: 'diff',
      words: 'Show the evidence at the cursor',
      detail: 'Lays these lines beside what the session wrote',
      command: 'redline.showEvidence',
    });
  }
  if (document !== undefined && document.state !== 'outside') {
    here.push({
      icon: 'comment',
      words: 'Say where this is from',
      detail: 'Kept in the ledger of the repository',
      command: 'redline.declare',
    });
  }
  return [...here, view, check, restart, log, settings];
}

function iconOf(document: DocumentState): string {
  switch (document.state) {
    case 'findings':
      if (document.counts.error > 0) return 'error';
      return document.counts.warning > 0 ? 'warning' : 'info';
    case 'asking':
      return 'question';
    case 'notJudged':
      return 'circle-slash';
    case 'judging':
      return 'loading~spin';
    default:
      return 'shield';
  }
}

function tooltip(server: ServerState & { kind: 'running' }, document: DocumentState): string {
  const { counts, questions } = document;
  const zones = document.zones.map(escaped).join(', ');
  const found = [
    counted(counts.error, 'error'),
    counted(counts.warning, 'warning'),
    counted(counts.note, 'note'),
    counted(questions, 'question'),
  ].filter((part) => part !== '');
  return paragraphs(
    `**Redline**: ${escaped(document.words)}`,
    zones === '' ? '' : `${document.zones.length === 1 ? 'Zone' : 'Zones'}: ${zones}`,
    found.length === 0 ? '' : found.join(', '),
    document.reason === undefined ? '' : escaped(document.reason),
    links(server, found.length > 0),
    `Server ${escaped(server.version)}`,
  );
}

function links(server: ServerState, findings = false): string {
  const told =
    server.kind === 'missing'
      ? [commandLink('Install the server', 'redline.installServer')]
      : server.kind === 'running'
        ? [
            findings ? commandLink('Show problems', 'workbench.actions.view.problems') : '',
            commandLink('Show zones', 'redline.overview.focus'),
          ]
        : [commandLink('Restart', 'redline.restart')];
  return [...told, commandLink('Log', 'redline.showLog')].filter(Boolean).join(' · ');
}

function counted(count: number, word: string): string {
  return count === 0 ? '' : `${count} ${word}${count === 1 ? '' : 's'}`;
}

function total({ counts }: DocumentState): number {
  return counts.error + counts.warning + counts.note;
}

/** In a status bar `$(name)` is an icon, whoever wrote it. */
function plain(words: string): string {
  return words.replaceAll('$(', '$\u200b(');
}

function paragraphs(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
