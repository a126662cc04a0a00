/** Whether a file is in a repository that Redline may have something to say about. */
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The file with a project's rules, at its root or in a folder below. */
export const RULE_FILE = 'redline.yaml';

/** Whether `folder` or one above it is a git repository or holds a rule file. */
export async function inRepository(folder: string): Promise<boolean> {
  return (await above(folder, ['.git', RULE_FILE])) !== undefined;
}

/** Whether somebody has written rules for `folder`, in it or above it. */
export async function hasRules(folder: string): Promise<boolean> {
  return (await above(folder, [RULE_FILE])) !== undefined;
}

async function above(folder: string, names: readonly string[]): Promise<string | undefined> {
  for (let here = folder; ; here = dirname(here)) {
    for (const name of names) {
      const path = join(here, name);
      if (await exists(path)) return path;
    }
    if (dirname(here) === here) return undefined;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
