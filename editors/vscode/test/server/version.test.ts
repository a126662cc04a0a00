import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, isEnough, OLDEST } from '../../src/server/version.js';

test('numbers are compared as numbers', () => {
  assert.ok(compare('0.9.0', '0.10.0') < 0);
  assert.ok(compare('1.0', '0.99.7') > 0);
});

test('a missing part counts as zero', () => {
  assert.equal(compare('1.2', '1.2.0'), 0);
});

test('what follows the numbers does not count', () => {
  assert.equal(compare('0.2.0rc1', '0.2.0'), 0);
  assert.equal(compare('0.2.0.dev3+g12ab', '0.2.0'), 0);
});

test('the oldest server that will do is enough, and nothing below it', () => {
  assert.equal(isEnough(OLDEST), true);
  assert.equal(isEnough('99.0'), true);
  assert.equal(isEnough('0.0.9'), false);
});

test('a server that tells no version is too old', () => {
  assert.equal(isEnough(undefined), false);
  assert.equal(isEnough('unknown'), false);
});
