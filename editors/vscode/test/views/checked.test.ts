/** How much of the workspace is known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { coverage } from '../../src/views/checked.js';

const NOW = new Date(2026, 2, 1, 12, 0);

function told(checked: Date | null, complete = true) {
  const project = { uri: 'file:///maze', name: 'maze', rules: [], zones: [] };
  return { projects: [{ ...project, complete, checked: checked?.toISOString() ?? null }] };
}

function said(checked: Date | null, complete = true): string {
  return coverage(told(checked, complete), NOW, 'en-GB');
}

test('before the first check only open files are known', () => {
  assert.match(said(null), /^Open files only/);
});

test('afterwards it says when, and whether anything is missing', () => {
  const morning = new Date(2026, 2, 1, 9, 30);
  assert.equal(said(morning), 'All files checked, 09:30.');
  assert.match(said(morning, false), /^Files checked, 09:30. Not everything/);
  assert.equal(said(new Date(2025, 0, 5)), 'All files checked, 5 Jan 2025.');
});

test('without a project nothing is said', () => {
  assert.equal(coverage({ projects: [] }, NOW, 'en'), '');
});
