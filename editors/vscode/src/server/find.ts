/** Finds a server: as set, as installed by this extension, in the Python in use, on PATH. */
import { homedir } from 'node:os';
import { PythonExtension } from '@vscode/python-extension';
import * as vscode from 'vscode';
import type { Settings } from '../settings.js';
import { installed } from './environments.js';
import { answer, isProgram, onPath, type Program } from './programs.js';
import { isEnough } from './version.js';

/** The interpreter takes no module from its working folder: a repository could hold one. */
export const MODULE = ['-P', '-m', 'redline'];

const HAS_SERVER =
  'import importlib.util as util, sys; ' +
  "sys.exit(any(util.find_spec(name) is None for name in ('redline', 'pygls', 'watchfiles')))";

export interface Found extends Program {
  /** Where it is from, for the log. */
  from: string;
}

/** The setting names no program. */
export class SettingError extends Error {}

/** Raises `SettingError`; undefined where nothing is found. */
export async function find(settings: Settings, storage: string): Promise<Found | undefined> {
  return (
    (await fromSetting(settings)) ??
    (await fromStorage(storage)) ??
    (await fromPython(storage)) ??
    (await fromPath(storage))
  );
}

async function fromSetting(settings: Settings): Promise<Found | undefined> {
  const told = settings.get<string>('server.path').trim();
  if (told === '') return undefined;
  const command = told.replace(/^~(?=$|[/\\])/, homedir());
  if (!(await isProgram(command))) {
    throw new SettingError(`The setting redline.server.path names no program: ${told}`);
  }
  return { command, args: [], from: 'the setting redline.server.path' };
}

async function fromStorage(storage: string): Promise<Found | undefined> {
  const own = await installed(storage);
  if (own === undefined || !isEnough(own.version)) return undefined;
  return { command: own.python, args: MODULE, from: `this extension's own ${own.version}` };
}

async function fromPython(storage: string): Promise<Found | undefined> {
  const python = await activePython();
  if (python === undefined) return undefined;
  const has = await answer(python, ['-P', '-c', HAS_SERVER], storage);
  return has === undefined ? undefined : { command: python, args: MODULE, from: python };
}

async function fromPath(storage: string): Promise<Found | undefined> {
  for (const command of await onPath('redline')) {
    // Another program may have the name, and one without the extra `lsp` is no server.
    const told = await answer(command, ['serve', '--version'], storage);
    if (told?.startsWith('redline ')) return { command, args: [], from: command };
  }
  return undefined;
}

/**
 * The interpreter that is chosen for the workspace. It may lie in the workspace, which is to be
 * trusted then.
 */
export async function activePython(): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension('ms-python.python');
  if (extension === undefined || !vscode.workspace.isTrusted) return undefined;
  try {
    const { environments } = await PythonExtension.api();
    const path = environments.getActiveEnvironmentPath(vscode.workspace.workspaceFolders?.[0]);
    const resolved = await environments.resolveEnvironment(path);
    return resolved?.executable.uri?.fsPath;
  } catch {
    // Whatever is wrong in there, there are other places to look.
    return undefined;
  }
}
