/** The overview as a tree that changes only where it has to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Finding, Overview, Project } from '../../src/protocol.js';
import { counts, itemsOf, update } from '../../src/views/items.js';

function finding(fingerprint: string, line: number): Finding {
  return {
    fingerprint,
    rule: 'grader-external',
    level: 'error',
    message: 'These 12 lines were written by Codex.',
    range: { start: { line, character: 0 }, end: { line: line + 12, character: 0 } },
    evidence: [{ words: 'session 5d1f0c52' }],
  };
}

function project(name: string, files: Record<string, Finding[]>): Project {
  const uri = `file:///${name}`;
  return {
    uri,
    name,
    rules: [`${uri}/redline.yaml`],
    complete: true,
    checked: null,
    zones: [
      {
        name: 'grader',
        title: 'Graders and scorers',
        protects: 'external assistants may not write here',
        files: Object.entries(files).map(([path, findings]) => {
          return { uri: `${uri}/${path}`, path, findings };
        }),
      },
      { name: 'task', title: '', protects: 'tasks', files: [] },
    ],
  };
}

function overview(...projects: Project[]): Overview {
  return { projects };
}

test('the only project shows its zones, several show themselves', () => {
  const maze = project('maze', { 'graders/walk.py': [finding('a', 3)] });
  const labels = (told: Overview) => itemsOf(told).map((item) => item.face.label);
  assert.deepEqual(labels(overview(maze)), ['grader', 'task']);
  assert.deepEqual(labels(overview(maze, project('tides', {}))), ['maze', 'tides']);
});

test('each level tells what somebody wants to know of it', () => {
  const [zone] = itemsOf(overview(project('maze', { 'graders/walk.py': [finding('a', 3)] })));
  assert.equal(
    zone?.face.description,
    '1 finding · Graders and scorers · external assistants may not write here',
  );
  assert.equal(
    zone.face.spoken,
    'Zone grader, Graders and scorers, external assistants may not write here, 1 finding',
  );
  const [file] = zone.children;
  assert.equal(file?.face.label, 'walk.py');
  assert.equal(file.face.description, 'graders · 1');
  const [found] = file.children;
  assert.equal(found?.face.description, 'grader-external [Ln 4]');
  assert.equal(
    found.face.copied,
    'graders/walk.py:4: error: These 12 lines were written by Codex. [grader-external]',
  );
  assert.equal(found.children[0]?.face.label, 'session 5d1f0c52');
});

test('broken rules stand first and lead to the rule file', () => {
  const [first] = itemsOf(overview({ ...project('maze', {}), fault: 'line 3: no such key' }));
  assert.equal(first?.face.label, 'line 3: no such key');
  assert.deepEqual(first.face.place, { uri: 'file:///maze/redline.yaml' });
});

test('what is left out is said behind all that is listed', () => {
  const last = itemsOf(overview({ ...project('maze', {}), more: 340 })).at(-1);
  assert.equal(last?.face.label, '340 more findings');
});

test('the same overview draws nothing again', () => {
  const told = () => overview(project('maze', { 'graders/walk.py': [finding('a', 3)] }));
  const items = itemsOf(told());
  assert.deepEqual(update(items, itemsOf(told())), []);
});

test('only what has changed is drawn again, and every item stays itself', () => {
  const before = project('maze', {
    'graders/a.py': [finding('a', 3)],
    'graders/b.py': [finding('b', 5)],
  });
  const after = project('maze', {
    'graders/a.py': [finding('a', 4)],
    'graders/b.py': [finding('b', 5)],
  });
  const items = itemsOf(overview(before));
  const [file] = items[0]?.children ?? [];
  const [moved] = file?.children ?? [];
  assert.deepEqual(update(items, itemsOf(overview(after))), [moved]);
  assert.equal(items[0]?.children[0], file);
  assert.equal(moved?.face.description, 'grader-external [Ln 5]');
});

test('a new finding draws its file again, a new file its zone', () => {
  const items = itemsOf(overview(project('maze', { 'graders/a.py': [finding('a', 3)] })));
  const more = { 'graders/a.py': [finding('a', 3), finding('b', 30)] };
  // The zone counts its findings, so it is drawn again with all below it.
  assert.deepEqual(update(items, itemsOf(overview(project('maze', more)))), [items[0]]);
  const { length } = items[0]?.children[0]?.children ?? [];
  assert.equal(length, 2);
});

test('the first finding of a zone makes an item that opens by itself', () => {
  const items = itemsOf(overview(project('maze', {})));
  const [empty] = items.map((item) => item.id);
  const found = { 'graders/a.py': [finding('a', 3)] };
  assert.equal(update(items, itemsOf(overview(project('maze', found)))), 'all');
  assert.notEqual(items[0]?.id, empty);
});

test('another project draws everything again', () => {
  const items = itemsOf(overview(project('maze', {})));
  assert.equal(update(items, itemsOf(overview(project('maze', {}), project('tides', {})))), 'all');
});

test('the same text in two places makes two items', () => {
  const told = overview(project('maze', { 'graders/a.py': [finding('a', 3), finding('a', 40)] }));
  const found = itemsOf(told)[0]?.children[0]?.children.map((item) => item.id) ?? [];
  assert.equal(new Set(found).size, 2);
});

test('a finding of two zones counts once', () => {
  const maze = project('maze', { 'graders/a.py': [finding('a', 3)] });
  const twice = { ...maze, zones: [...maze.zones, ...maze.zones] };
  assert.deepEqual(counts(overview(twice)), { error: 1, warning: 0, note: 0 });
});
