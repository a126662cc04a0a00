/** What the server said of a document, while its text goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { DocumentState, State } from '../../src/protocol.js';
import { LiveStates } from '../../src/views/liveStates.js';
import { shiftOf } from '../../src/views/regions.js';

const URI = 'file:///evals/graders/walk.py';
const LINE = shiftOf({
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
  text: 'import sys\n',
});

function said(version: number, lines: readonly number[], state: State = 'findings'): DocumentState {
  return {
    textDocument: { uri: URI, version },
    state,
    words: `grader: ${state}`,
    zones: ['grader'],
    counts: { error: lines.length, warning: 0, note: 0 },
    questions: 0,
    regions: lines.map((line) => ({
      range: { start: { line, character: 0 }, end: { line: line + 1, character: 0 } },
      assistant: 'codex',
      strength: 'recorded',
      words: 'Codex',
    })),
  };
}

function lines(states: LiveStates): number[] | undefined {
  return states.state(URI)?.regions.map((region) => region.range.start.line);
}

test('regions go with the text until the server speaks again', () => {
  const states = new LiveStates();
  states.told(URI, said(1, [3]), 1);
  states.edited(URI, 2, [LINE]);
  assert.deepEqual(lines(states), [4]);
  states.told(URI, said(2, [4, 9]), 2);
  assert.deepEqual(lines(states), [4, 9]);
});

test('a word about the text of a moment ago finds its place in the present one', () => {
  const states = new LiveStates();
  states.edited(URI, 2, [LINE]);
  states.edited(URI, 3, [LINE]);
  assert.equal(states.told(URI, said(1, [3]), 3), true);
  assert.deepEqual(lines(states), [5]);
});

test('a word about a text too long ago counts all the same, for it is said once', () => {
  const states = new LiveStates();
  states.edited(URI, 7, [LINE]);
  assert.equal(states.told(URI, said(4, [3]), 7), true);
  assert.deepEqual(lines(states), [4]);
});

test('a word about a text that is not there does not count', () => {
  const states = new LiveStates();
  states.edited(URI, 7, [LINE]);
  assert.equal(states.told(URI, said(8, [3]), 7), false);
  assert.equal(states.state(URI), undefined);
});

test('judging anew takes no mark away', () => {
  const states = new LiveStates();
  states.told(URI, said(1, [3]), 1);
  states.edited(URI, 2, [LINE]);
  states.told(URI, said(2, [], 'judging'), 2);
  assert.deepEqual(lines(states), [4]);
  assert.equal(states.state(URI)?.state, 'judging');
  states.told(URI, said(2, [], 'clean'), 2);
  assert.deepEqual(lines(states), []);
});

test('nothing is known after a document is closed or the server has gone', () => {
  const states = new LiveStates();
  states.told(URI, said(1, [3]), 1);
  states.clear();
  assert.equal(states.state(URI), undefined);
  states.told(URI, said(1, [3]), 1);
  states.forget(URI);
  assert.equal(states.state(URI), undefined);
});
