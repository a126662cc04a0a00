/** The environments that this extension has made for its server, one for each version. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compare } from './version.js';

const PREFIX = 'server-';
/** Written last: an environment without it was never finished. */
const MARK = 'installed';

export interface Environment {
  folder: string;
  python: string;
  version: string;
}

export function environmentFor(storage: string, version: string): Environment {
  const folder = join(storage, PREFIX + version);
  const inside = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  return { folder, python: join(folder, ...inside), version };
}

/** The newest environment that is complete. */
export async function installed(storage: string): Promise<Environment | undefined> {
  const complete: Environment[] = [];
  for (const one of await all(storage)) {
    if ((await read(join(one.folder, MARK))) === one.version) complete.push(one);
  }
  return complete.sort((one, other) => compare(other.version, one.version))[0];
}

/** Makes room for an environment. */
export async function begin(environment: Environment): Promise<void> {
  await rm(environment.folder, { recursive: true, force: true });
  await mkdir(environment.folder, { recursive: true });
}

/** Declares an environment complete and removes all others. */
export async function finish(storage: string, environment: Environment): Promise<void> {
  await writeFile(join(environment.folder, MARK), environment.version);
  for (const one of await all(storage)) {
    // One that is in use on Windows cannot go; the next installation tries again.
    if (one.folder !== environment.folder) await remove(one).catch(() => undefined);
  }
}

export async function remove(environment: Environment): Promise<void> {
  await rm(environment.folder, { recursive: true, force: true });
}

async function all(storage: string): Promise<Environment[]> {
  const names = await readdir(storage).catch(() => []);
  return names
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => environmentFor(storage, name.slice(PREFIX.length)));
}

async function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
