/** Installs the bundled server into an environment of this extension's own. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';
import { begin, environmentFor, finish, remove, type Environment } from './environments.js';
import { activePython } from './find.js';
import { cause, InstallError, wheelVersion } from './installError.js';
import { answer, environment, onPath } from './programs.js';

const OLDEST_PYTHON = [3, 11] as const;
const NAMES = ['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3', 'python'];
const TELL_VERSION = 'import sys; print(*sys.version_info[:3], sep=".")';

class Cancelled extends Error {}

/**
 * Shows its progress and can be cancelled. Returns the interpreter, or undefined where it was
 * cancelled; raises `InstallError` with words for a person.
 */
export async function install(
  extension: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): Promise<string | undefined> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'Redline',
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    const storage = extension.globalStorageUri.fsPath;
    const wheel = await bundledWheel(extension.asAbsolutePath('bundled'));
    const made = environmentFor(storage, wheel.version);
    const run = (command: string, args: string[]): Promise<void> =>
      carryOut(command, args, storage, log, token);
    try {
      progress.report({ message: 'looking for Python …' });
      await vscode.workspace.fs.createDirectory(extension.globalStorageUri);
      const python = await suitablePython(storage);
      log.info(`Installing the server ${wheel.version} with ${python}`);
      progress.report({ message: 'making an environment …' });
      await begin(made);
      await run(python, ['-m', 'venv', made.folder]);
      progress.report({ message: 'installing the server …' });
      const quiet = ['--disable-pip-version-check', '--no-input', '--progress-bar', 'off'];
      await run(made.python, ['-m', 'pip', 'install', ...quiet, `${wheel.path}[lsp]`]);
      await finish(storage, made);
      log.info('The server is installed.');
      return made.python;
    } catch (error) {
      await clear(made, log);
      if (error instanceof Cancelled) return undefined;
      throw error;
    }
  });
}

async function bundledWheel(folder: string): Promise<{ path: string; version: string }> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const version = wheelVersion(name);
    if (version !== undefined) return { path: join(folder, name), version };
  }
  throw new InstallError(
    "This build of the extension holds no server. Run: pip install 'redline-lint[lsp]'",
  );
}

/** The first interpreter that is new enough: that of the workspace, then those on PATH. */
async function suitablePython(cwd: string): Promise<string> {
  const active = await activePython();
  const candidates = active === undefined ? [] : [active];
  for (const name of NAMES) candidates.push(...(await onPath(name)));
  const old: string[] = [];
  for (const python of new Set(candidates)) {
    const told = (await answer(python, ['-c', TELL_VERSION], cwd))?.trim();
    if (told === undefined) continue;
    const [major = 0, minor = 0] = told.split('.').map(Number);
    const [least, leastMinor] = OLDEST_PYTHON;
    if (major > least || (major === least && minor >= leastMinor)) return python;
    old.push(told);
  }
  const found =
    old.length === 0 ? 'There is none here' : `Only ${[...new Set(old)].join(', ')} is here`;
  throw new InstallError(
    `Python ${OLDEST_PYTHON.join('.')} or newer is needed. ${found}. Get one from python.org or your system's packages, then try again.`,
  );
}

/** Runs a program; what it prints goes to the log. */
async function carryOut(
  command: string,
  args: string[],
  cwd: string,
  log: vscode.LogOutputChannel,
  token: vscode.CancellationToken,
): Promise<void> {
  heed(token);
  log.info(`> ${[command, ...args].join(' ')}`);
  const child = spawn(command, args, {
    cwd,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    // A group of its own: what it has started ends with it, and nothing writes any more.
    detached: process.platform !== 'win32',
  });
  const stop = token.onCancellationRequested(() => {
    endAll(child);
  });
  const printed: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input, crlfDelay: Infinity }).on('line', (line) => {
      printed.push(line);
      log.info(line);
    });
  }
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    heed(token);
    if (code !== 0) throw new InstallError(cause(printed));
  } finally {
    stop.dispose();
  }
}

/** Ends a process and all that it has started. */
function endAll({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    execFile('taskkill', ['/pid', String(pid), '/t', '/f'], { windowsHide: true });
    return;
  }
  try {
    process.kill(-pid);
  } catch {
    // It has ended by itself.
  }
}

function heed(token: vscode.CancellationToken): void {
  if (token.isCancellationRequested) throw new Cancelled();
}

async function clear(made: Environment, log: vscode.LogOutputChannel): Promise<void> {
  await remove(made).catch((error: unknown) => {
    log.warn(`Left behind: ${made.folder}: ${String(error)}`);
  });
}
