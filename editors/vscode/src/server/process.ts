/** Starts the server's process and keeps what it notes for the log. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import type * as vscode from 'vscode';
import { environment, type Program } from './programs.js';

/** A line as `redline serve` notes it: date, time, level, rest. */
const NOTE = /^\S+ \S+ (DEBUG|INFO|WARNING|ERROR|CRITICAL) (.*)$/;

/** The process of a server, and the last thing that it said on its standard error. */
export class ServerProcess {
  lastWords = '';
  private child: ChildProcessWithoutNullStreams | undefined;

  constructor(
    private readonly program: Program,
    private readonly cwd: string,
    private readonly logLevel: string,
  ) {}

  /** Raises the system's error where the program cannot be started. */
  async start(): Promise<ChildProcessWithoutNullStreams> {
    const args = [...this.program.args, 'serve', '--log-level', this.logLevel];
    const options = { cwd: this.cwd, env: environment(), windowsHide: true };
    const child = spawn(this.program.command, args, options);
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return child;
  }

  kill(why: string): void {
    this.lastWords = why;
    this.child?.kill('SIGKILL');
  }

  /** Takes notes out of the standard error. */
  readonly notes = (input: NodeJS.ReadableStream, log: vscode.LogOutputChannel): void => {
    createInterface({ input, crlfDelay: Infinity }).on('line', (line) => {
      const note = NOTE.exec(line);
      const words = note?.[2] ?? line;
      if (words.trim() !== '') this.lastWords = words.trim();
      if (note?.[1] === 'ERROR' || note?.[1] === 'CRITICAL') log.error(words);
      else if (note?.[1] === 'WARNING') log.warn(words);
      // Who has set the server's level to less wants to see it, whatever the channel's level is.
      else log.info(words);
    });
  };
}
