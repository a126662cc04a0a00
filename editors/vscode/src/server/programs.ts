/** Programs of this machine: where they are, and what they answer. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

const PATIENCE = 30_000; // a cold start of Python on a busy machine

/** A program and how it is to be started. */
export interface Program {
  command: string;
  args: readonly string[];
}

/**
 * What the environment of a server or an installer is: that of the editor, and Python takes
 * nothing from the folder in which it is started.
 */
export function environment(): NodeJS.ProcessEnv {
  return { ...process.env, PYTHONSAFEPATH: '1', PYTHONUTF8: '1' };
}

/** All programs of this name on PATH, in its order. Relative folders do not count. */
export async function onPath(name: string): Promise<string[]> {
  const windows = process.platform === 'win32';
  const ends = windows ? ['.exe'] : [''];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((one) => isAbsolute(one));
  const paths = folders.flatMap((folder) => ends.map((end) => join(folder, name + end)));
  const runnable = await Promise.all(paths.map(isProgram));
  return paths.filter((_, at) => runnable[at]);
}

export async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** What a program prints, or undefined where it fails or takes too long. */
export async function answer(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { cwd, env: environment(), timeout: PATIENCE, windowsHide: true };
    execFile(command, args, options, (error, stdout) => {
      resolve(error === null ? stdout : undefined);
    });
  });
}
