import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingAt } from '../../src/commands/findingAt.js';

function finding(name: string, severity: number, first: number, last: number) {
  const range = { start: { line: first, character: 0 }, end: { line: last, character: 8 } };
  return { name, severity, range };
}

const caret = { line: 4, character: 2 };

test('a caret outside every finding means none', () => {
  assert.equal(findingAt([finding('above', 0, 1, 3), finding('below', 0, 5, 9)], caret), undefined);
});

test('both ends of a finding belong to it', () => {
  const found = finding('here', 0, 4, 4);
  assert.equal(findingAt([found], { line: 4, character: 0 }), found);
  assert.equal(findingAt([found], { line: 4, character: 8 }), found);
  assert.equal(findingAt([found], { line: 4, character: 9 }), undefined);
});

test('of several the most severe is meant, then the shortest, then the first', () => {
  const note = finding('note', 2, 4, 4);
  const long = finding('long', 0, 0, 9);
  const short = finding('short', 0, 3, 5);
  const later = finding('later', 0, 4, 6);
  assert.equal(findingAt([note, long], caret), long);
  assert.equal(findingAt([long, later, short], caret), short);
});
