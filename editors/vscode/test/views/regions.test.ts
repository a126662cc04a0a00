/** Regions through edits, and the lines that they mark. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Region, Strength } from '../../src/protocol.js';
import { bands, regionAt, shifted, shiftOf } from '../../src/views/regions.js';

type Place = readonly [line: number, character: number];

function range([line, character]: Place, [lastLine, lastCharacter]: Place) {
  return { start: { line, character }, end: { line: lastLine, character: lastCharacter } };
}

function region(start: Place, end: Place, strength: Strength = 'matched'): Region {
  return { range: range(start, end), assistant: 'codex', strength, words: 'Codex' };
}

function edited(before: Region, start: Place, end: Place, text: string): Region['range'][] {
  const shift = shiftOf({ range: range(start, end), text });
  return shifted([before], shift).map((one) => one.range);
}

const WALK = region([3, 0], [6, 0]);

test('lines put in above move a region down', () => {
  assert.deepEqual(edited(WALK, [0, 0], [0, 0], 'import sys\n'), [range([4, 0], [7, 0])]);
  assert.deepEqual(edited(WALK, [1, 2], [1, 2], 'a\r\nb\rc'), [range([5, 0], [8, 0])]);
});

test('a line put in right before or right behind a region is not part of it', () => {
  assert.deepEqual(edited(WALK, [3, 0], [3, 0], 'mine\n'), [range([4, 0], [7, 0])]);
  assert.deepEqual(edited(WALK, [6, 0], [6, 0], 'mine\n'), [WALK.range]);
});

test('what is typed inside a region makes it longer', () => {
  assert.deepEqual(edited(WALK, [4, 5], [4, 5], '\n'), [range([3, 0], [7, 0])]);
});

test('an edit on the line where a region ends moves its end', () => {
  const word = region([2, 4], [2, 9]);
  assert.deepEqual(edited(word, [2, 0], [2, 2], ''), [range([2, 2], [2, 7])]);
  assert.deepEqual(edited(word, [2, 0], [2, 0], 'x\nyz'), [range([3, 6], [3, 11])]);
  assert.deepEqual(edited(word, [2, 9], [2, 9], 'more'), [word.range]);
});

test('text taken out across an edge leaves the rest of the region', () => {
  assert.deepEqual(edited(WALK, [2, 0], [4, 0], ''), [range([2, 0], [4, 0])]);
  assert.deepEqual(edited(WALK, [5, 0], [8, 0], ''), [range([3, 0], [5, 0])]);
});

test('a region whose text is gone is gone', () => {
  assert.deepEqual(edited(WALK, [3, 0], [6, 0], ''), []);
  assert.deepEqual(edited(WALK, [2, 0], [7, 0], 'mine\n'), []);
});

test('a line counts once, for its strongest evidence', () => {
  const marked = bands([
    region([0, 0], [10, 0], 'suspected'),
    region([2, 0], [4, 0], 'recorded'),
    region([3, 0], [6, 3], 'matched'),
  ]);
  assert.deepEqual(marked.get('recorded'), [[2, 3]]);
  assert.deepEqual(marked.get('matched'), [[4, 6]]);
  assert.deepEqual(marked.get('suspected'), [
    [0, 1],
    [7, 9],
  ]);
  assert.deepEqual(marked.get('declared'), []);
});

test('a region within one line marks that line', () => {
  assert.deepEqual(bands([region([5, 0], [5, 0])]).get('matched'), [[5, 5]]);
});

test('the region of a line is its strongest', () => {
  const weak = region([0, 0], [10, 0], 'suspected');
  const strong = region([2, 0], [4, 0], 'recorded');
  assert.equal(regionAt([weak, strong], 3), strong);
  assert.equal(regionAt([strong, weak], 3), strong);
  assert.equal(regionAt([weak, strong], 4), weak);
  assert.equal(regionAt([weak, strong], 10), undefined);
});
