/** The two texts that are laid side by side. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { choices, readable, sides, type Comparison } from '../../src/views/comparison.js';

const line = (line: number, text: string) => ({ line, text });

const WALK: Comparison = {
  evidence: [1],
  lines: { first: 4, last: 5 },
  unknown: null,
  written_to: '/maze/walk.py',
  tokens: { all: 8, equal: 6, renamed: 1 },
  more_lines: 0,
  rows: [
    { kind: 'context', file: [line(3, '')], session: [] },
    { kind: 'changed', file: [line(4, 'def walk(maze):')], session: [line(1, 'def walk(grid):')] },
    { kind: 'file', file: [line(5, '    return 1')], session: [] },
    { kind: 'session', file: [], session: [line(9, '    return 2')] },
  ],
};
const piece = (assistant: string, time: string | null) => {
  return { assistant, time, session: null, commit: null };
};
const KNOWN = {
  path: 'graders/walk.py',
  lines: { first: 1, last: 9 },
  evidence: [piece('codex', null), piece('claude-code', '2026-03-01T10:00:00Z')],
  comparisons: [WALK, { ...WALK, unknown: 'its file has gone', rows: [] }],
  names: { codex: 'Codex', 'claude-code': 'Claude Code' },
  markdown: '# walk.py',
};

test('each side has its own lines, and a gap shows', () => {
  const { file, session, title } = sides(KNOWN, WALK);
  assert.equal(title, 'walk.py:4–5 ↔ Claude Code, 2026-03-01');
  assert.equal(file, 'def walk(maze):\n    return 1\n');
  assert.equal(session, 'def walk(grid):\n⋯\n    return 2\n');
});

test('a cell is shown as it is written, not as its file quotes it', () => {
  const rows = [
    { kind: 'changed', file: [line(31, '    "x = \\"one\\"\\n",')], session: [line(1, 'x = 1')] },
    { kind: 'file', file: [line(32, '    "y"')], session: [] },
  ] as const;
  const { file, name, title } = sides({ ...KNOWN, path: 'graders/maze.ipynb' }, { ...WALK, rows });
  assert.equal(file, 'x = "one"\ny\n');
  assert.equal(name, 'walk.py');
  assert.equal(title, 'maze.ipynb ↔ Claude Code, 2026-03-01');
});

test('a part of a JSON file is not called a JSON file', () => {
  assert.equal(sides({ ...KNOWN, path: 'tasks/maze.json' }, WALK).name, 'maze.jsonl');
});

test('only what has text can be laid beside the file', () => {
  assert.deepEqual(readable(KNOWN), [WALK]);
});

test('a choice tells whose text it is and how alike', () => {
  const [choice] = choices(KNOWN, [WALK]);
  assert.equal(choice?.label, 'Claude Code, 2026-03-01');
  assert.equal(choice.description, 'wrote /maze/walk.py');
  assert.equal(choice.detail, '6 of 8 tokens the same, lines 4–5');
});
