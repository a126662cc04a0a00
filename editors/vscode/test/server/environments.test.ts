import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { begin, environmentFor, finish, installed } from '../../src/server/environments.js';

async function storageFor(context: TestContext): Promise<string> {
  const storage = await mkdtemp(join(tmpdir(), 'redline-storage-'));
  context.after(() => rm(storage, { recursive: true }));
  return storage;
}

test('nothing is installed where nothing was made', async (context) => {
  const storage = await storageFor(context);
  assert.equal(await installed(storage), undefined);
  assert.equal(await installed(join(storage, 'not there')), undefined);
});

test('an installation that was broken off does not count', async (context) => {
  const storage = await storageFor(context);
  await begin(environmentFor(storage, '0.1.0'));
  assert.equal(await installed(storage), undefined);
});

test('what is complete is found, and takes the place of older ones', async (context) => {
  const storage = await storageFor(context);
  for (const version of ['0.9.0', '0.10.0']) {
    const made = environmentFor(storage, version);
    await begin(made);
    await finish(storage, made);
  }
  assert.deepEqual(await installed(storage), environmentFor(storage, '0.10.0'));
  assert.deepEqual(await readdir(storage), ['server-0.10.0']);
});

test('while a newer one is being made, the older one is used', async (context) => {
  const storage = await storageFor(context);
  const older = environmentFor(storage, '0.9.0');
  await begin(older);
  await finish(storage, older);
  await begin(environmentFor(storage, '0.10.0'));
  assert.deepEqual(await installed(storage), older);
});
