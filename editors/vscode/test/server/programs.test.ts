import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { answer, onPath } from '../../src/server/programs.js';

const skip = process.platform === 'win32' && 'makes programs as POSIX systems know them';

test('PATH is searched in its order, and only for what can be run', { skip }, async (context) => {
  const root = await mkdtemp(join(tmpdir(), 'redline-path-'));
  const before = process.env.PATH;
  context.after(async () => {
    process.env.PATH = before;
    await rm(root, { recursive: true });
  });
  const at = (name: string): string => join(root, name, 'redline');
  for (const name of ['first', 'second', 'text', 'folder']) await mkdir(join(root, name));
  await writeFile(at('text'), 'no program', { mode: 0o644 });
  await mkdir(at('folder'));
  await symlink(process.execPath, at('second'));
  await symlink(process.execPath, at('first'));

  const folders = ['text', 'folder', 'second', 'gone', 'first'].map((name) => join(root, name));
  process.env.PATH = folders.join(delimiter);
  assert.deepEqual(await onPath('redline'), [at('second'), at('first')]);

  // A relative folder would mean whatever repository happens to be open.
  const relative = ['first', '.', ''];
  process.chdir(root);
  process.env.PATH = relative.join(delimiter);
  assert.deepEqual(await onPath('redline'), []);
});

test('an answer is what a program prints; a failure is none', async () => {
  const node = process.execPath;
  assert.equal(await answer(node, ['-p', '6 * 7'], tmpdir()), '42\n');
  assert.equal(await answer(node, ['-e', 'process.exit(1)'], tmpdir()), undefined);
  assert.equal(await answer(join(tmpdir(), 'no such program'), [], tmpdir()), undefined);
});
