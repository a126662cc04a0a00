import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { hasRules, inRepository } from '../../src/server/folders.js';

async function folderFor(context: TestContext, below: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'redline-folders-'));
  context.after(() => rm(root, { recursive: true }));
  await mkdir(join(root, below), { recursive: true });
  return root;
}

test('a folder below a git repository belongs to it, without rules of its own', async (context) => {
  const root = await folderFor(context, 'evals/tasks');
  await mkdir(join(root, '.git'));
  assert.equal(await inRepository(join(root, 'evals/tasks')), true);
  assert.equal(await hasRules(join(root, 'evals/tasks')), false);
});

test('a linked worktree, whose .git is a file, is a repository', async (context) => {
  const root = await folderFor(context, 'tree');
  await writeFile(join(root, 'tree/.git'), 'gitdir: elsewhere\n');
  assert.equal(await inRepository(join(root, 'tree')), true);
});

test('a rule file above makes a folder ours, with or without git', async (context) => {
  const root = await folderFor(context, 'graders');
  await writeFile(join(root, 'redline.yaml'), 'schema: policy/1\n');
  assert.equal(await inRepository(join(root, 'graders')), true);
  assert.equal(await hasRules(join(root, 'graders')), true);
});

test('notes in a folder of their own are no concern', async (context) => {
  const root = await folderFor(context, 'notes');
  assert.equal(await inRepository(join(root, 'notes')), false);
});
