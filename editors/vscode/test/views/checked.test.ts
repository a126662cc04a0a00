/** How much of the workspace is known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { coverage } from '../../src/views/checked.js';

const NOW = new Date(2026, 2, 1, 12, 0);

function told(checked: Date | null, complete = true) {
  const project = { uri: 'file:///maze', name: 'maze', rules: [], zones: [] };
  return { projects: [{ ...project, complete, checked: checked?.toISOString() ?? null }] };
}

test('before the first check only open files are known', () => {
  assert.equal(coverage(told(null), NOW).description, '');
  assert.match(coverage(told(null), NOW).message, /^Open files only/);
});

test('afterwards it says when, and whether anything is missing', () => {
  const morning = new Date(2026, 2, 1, 9, 30);
  assert.match(coverage(told(morning), NOW).description, /^checked .*30/);
  assert.equal(coverage(told(morning), NOW).message, '');
  assert.match(coverage(told(morning, false), NOW).message, /^Not everything/);
  assert.match(coverage(told(new Date(2025, 0, 5)), NOW).description, /2025/);
});

test('without a project nothing is said', () => {
  assert.deepEqual(coverage({ projects: [] }, NOW), { description: '', message: '' });
});
