import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Restarts } from '../../src/server/restarts.js';

test('each crash in a row waits twice as long, and the fifth in three minutes ends it', () => {
  const restarts = new Restarts();
  const delays = [0, 1, 2, 3, 4].map((second) => restarts.next(second * 1000));
  assert.deepEqual(delays, [500, 1000, 2000, 4000, undefined]);
});

test('what crashes once in an hour is always started again', () => {
  const restarts = new Restarts();
  const delays = [0, 1, 2, 3, 4, 5].map((hour) => restarts.next(hour * 3_600_000));
  assert.deepEqual(new Set(delays), new Set([500]));
});

test('a restart by hand forgives earlier crashes', () => {
  const restarts = new Restarts();
  for (let at = 0; at < 5; at++) restarts.next(at);
  restarts.forgive();
  assert.equal(restarts.next(6), 500);
});
