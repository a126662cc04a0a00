/** The overview as a tree: project, zone, file, finding, evidence. */
import type { Location, Range } from 'vscode-languageclient';

import type { Evidence, Finding, Overview, Project, Zone, ZoneFile } from '../protocol.js';

export type Level = Finding['level'];

/** What an item looks like and what can be done with it. */
export interface Face {
  readonly kind: 'project' | 'fault' | 'zone' | 'file' | 'finding' | 'evidence' | 'more';
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly spoken?: string;
  readonly level?: Level;
  /** The file that it stands for, with that file's own icon and colours. */
  readonly resource?: string;
  /** Where it leads. */
  readonly place?: { readonly uri: string; readonly range?: Range };
  /** What its evidence is asked for by. */
  readonly target?: { readonly uri: string; readonly fingerprint: string };
  /** Its text on the clipboard. */
  readonly copied?: string;
  readonly opened: boolean;
}

/** One item of the tree; it stays the same object as long as its id is there. */
export interface Item {
  readonly id: string;
  face: Face;
  children: Item[];
}

/** What has to be drawn again: these items with all below them, or everything. */
export type Redraw = Item[] | 'all';

/** The tree of an overview; the only project needs no item of its own. */
export function itemsOf({ projects }: Overview): Item[] {
  const trees = projects.map(projectItem);
  const [only] = trees;
  return only !== undefined && trees.length === 1 ? only.children : trees;
}

/** Brings a tree up to date in place; tells what of it has to be drawn again. */
export function update(items: Item[], fresh: readonly Item[]): Redraw {
  const redraw: Item[] = [];
  return merge(items, fresh, redraw) ? 'all' : redraw;
}

/** How many findings of each level there are, each counted once. */
export function counts({ projects }: Overview): Record<Level, number> {
  const seen = new Set<string>();
  const found = { error: 0, warning: 0, note: 0 };
  for (const file of projects.flatMap(({ zones }) => zones.flatMap(({ files }) => files))) {
    for (const { fingerprint, level } of file.findings) {
      const id = JSON.stringify([file.uri, fingerprint]);
      if (!seen.has(id)) found[level]++;
      seen.add(id);
    }
  }
  return found;
}

function merge(items: Item[], fresh: readonly Item[], redraw: Item[]): boolean {
  const known = new Map(items.map((item) => [item.id, item]));
  const same = items.length === fresh.length && items.every((item, n) => item.id === fresh[n]?.id);
  const merged = fresh.map((next) => {
    const item = known.get(next.id);
    if (item === undefined) return next;
    const below: Item[] = [];
    const others = merge(item.children, next.children, below);
    if (others || JSON.stringify(item.face) !== JSON.stringify(next.face)) redraw.push(item);
    else redraw.push(...below);
    item.face = next.face;
    return item;
  });
  items.splice(0, items.length, ...merged);
  return !same;
}

function projectItem(project: Project): Item {
  const id = `project ${project.uri}`;
  const children = project.zones.map((zone) => zoneItem(zone, id));
  if (project.fault !== undefined) children.unshift(faultItem(project, project.fault, id));
  if (project.more !== undefined) children.push(moreItem(project.more, id));
  const face: Face = {
    kind: 'project',
    label: project.name,
    description: tally(project.zones.flatMap((zone) => zone.files)),
    tooltip: project.name,
    opened: true,
  };
  return { id, face, children };
}

function faultItem({ rules }: Project, fault: string, within: string): Item {
  const [rule] = rules;
  const face: Face = {
    kind: 'fault',
    label: fault,
    tooltip: fault,
    level: 'error',
    copied: fault,
    opened: false,
    ...(rule !== undefined && { place: { uri: rule } }),
  };
  return { id: `${within} fault`, face, children: [] };
}

function moreItem(more: number, within: string): Item {
  const label = more === 1 ? '1 more finding' : `${more} more findings`;
  const description = 'The most severe are listed.';
  const tooltip = `${label}. ${description} All of them: redline lint`;
  const face: Face = { kind: 'more', label, description, tooltip, opened: false };
  return { id: `${within} more`, face, children: [] };
}

function zoneItem(zone: Zone, within: string): Item {
  // A view keeps what was folded by its id: a zone that was empty has nothing to keep, and opens.
  const id = `${within} ${zone.files.length === 0 ? 'empty ' : ''}zone ${zone.name}`;
  const found = tally(zone.files);
  const worst = worstOf(zone.files);
  const face: Face = {
    kind: 'zone',
    label: zone.name,
    description: [found, zone.title, zone.protects].filter(Boolean).join(' · '),
    tooltip: [zone.name, zone.title, zone.protects].filter(Boolean).join('\n'),
    spoken: [`Zone ${zone.name}`, zone.title, zone.protects, found || 'no findings']
      .filter(Boolean)
      .join(', '),
    opened: true,
    ...(worst !== undefined && { level: worst }),
    ...(zone.location !== undefined && { place: zone.location }),
  };
  return { id, face, children: zone.files.map((file) => fileItem(file, id)) };
}

function fileItem(file: ZoneFile, within: string): Item {
  const id = `${within} file ${file.uri}`;
  const cut = file.path.lastIndexOf('/');
  const face: Face = {
    kind: 'file',
    label: file.path.slice(cut + 1),
    description: [file.path.slice(0, Math.max(cut, 0)), `${file.findings.length}`]
      .filter(Boolean)
      .join(' · '),
    tooltip: file.path,
    spoken: `${file.path}, ${tally([file])}`,
    resource: file.uri,
    place: { uri: file.uri },
    copied: file.path,
    opened: true,
  };
  const used = new Map<string, number>();
  const children = file.findings.map((finding) => {
    // Two places may have the same text, and so the same fingerprint.
    const turn = (used.get(finding.fingerprint) ?? 0) + 1;
    used.set(finding.fingerprint, turn);
    return findingItem(finding, file, `${id} finding ${finding.fingerprint} ${turn}`);
  });
  return { id, face, children };
}

function findingItem(finding: Finding, file: ZoneFile, id: string): Item {
  const { message, level, rule, range } = finding;
  const line = range.start.line + 1;
  const target = { uri: file.uri, fingerprint: finding.fingerprint };
  const face: Face = {
    kind: 'finding',
    label: message,
    description: `${rule} [Ln ${line}]`,
    tooltip: `${level}: ${message}`,
    spoken: `${level}, line ${line}: ${message}`,
    level,
    place: { uri: file.uri, range },
    target,
    copied: `${file.path}:${line}: ${level}: ${message} [${rule}]`,
    opened: false,
  };
  const children = finding.evidence.map((evidence, n) =>
    evidenceItem(evidence, target, `${id} evidence ${n}`),
  );
  return { id, face, children };
}

function evidenceItem(evidence: Evidence, target: Face['target'], id: string): Item {
  const { words, location } = evidence;
  const face: Face = {
    kind: 'evidence',
    label: words,
    tooltip: words,
    copied: words,
    opened: false,
    ...(location !== undefined && { place: placeOf(location) }),
    ...(target !== undefined && { target }),
  };
  return { id, face, children: [] };
}

function placeOf({ uri, range }: Location): { uri: string; range: Range } {
  return { uri, range };
}

function tally(files: readonly ZoneFile[]): string {
  const count = files.reduce((sum, file) => sum + file.findings.length, 0);
  if (count === 0) return '';
  return count === 1 ? '1 finding' : `${count} findings`;
}

function worstOf(files: readonly ZoneFile[]): Level | undefined {
  const levels = new Set(files.flatMap((file) => file.findings.map((finding) => finding.level)));
  return (['error', 'warning', 'note'] as const).find((level) => levels.has(level));
}
