/** The life of the server: found, started, watched, started again after a crash, stopped. */
import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  RevealOutputChannelOn,
  State,
  type LanguageClient,
  type Middleware,
} from 'vscode-languageclient/node';
import type { ServerState } from '../context.js';
import { serverSettings } from '../serverSettings.js';
import type { Settings } from '../settings.js';
import { makeClient } from './client.js';
import { find, SettingError, type Found } from './find.js';
import { ServerProcess } from './process.js';
import { Restarts } from './restarts.js';
import { isEnough, OLDEST } from './version.js';

const PATIENCE = 90_000; // a cold start of Python on a busy machine takes less

export const UPGRADE = "python -m pip install --upgrade 'redline-lint[lsp]'";

type OnClient = (client: LanguageClient) => vscode.Disposable;

/** One server for all folders. */
export class Server implements vscode.Disposable {
  state: ServerState = { kind: 'off', words: 'no folder here is in a repository' };

  private readonly states = new vscode.EventEmitter<ServerState>();
  readonly onState = this.states.event;

  private running: LanguageClient | undefined;
  private current: LanguageClient | undefined;
  private wanted = false;
  /** The process of a client that has not been answered yet. */
  private starting: ServerProcess | undefined;
  private readonly restarts = new Restarts();
  private again: NodeJS.Timeout | undefined;
  private readonly callbacks = new Map<OnClient, vscode.Disposable | undefined>();
  /** Starts and stops happen one after the other. */
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly storage: string,
    private readonly log: vscode.LogOutputChannel,
    private readonly settings: Settings,
    private readonly middleware: Middleware,
  ) {}

  client(): LanguageClient | undefined {
    return this.running;
  }

  onClient(callback: OnClient): vscode.Disposable {
    this.callbacks.set(callback, this.running && this.call(callback, this.running));
    return new vscode.Disposable(() => {
      this.callbacks.get(callback)?.dispose();
      this.callbacks.delete(callback);
    });
  }

  /** Starts the server unless it runs. Faults are told by the state. */
  async start(): Promise<void> {
    this.wanted = true;
    return this.enqueue(() => this.launch());
  }

  /** With `during` it comes back, and these words say what keeps it away. */
  async stop(during?: string): Promise<void> {
    this.wanted = false;
    clearTimeout(this.again);
    // A program that never answers would keep all that follows waiting.
    this.starting?.kill('stopped');
    return this.enqueue(() => this.end(during));
  }

  /** Looks for the server anew and starts it; forgives earlier crashes. */
  async restart(): Promise<void> {
    await this.stop('starting');
    this.restarts.forgive();
    return this.start();
  }

  dispose(): void {
    void this.stop();
    this.states.dispose();
  }

  private enqueue(act: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(act, act);
    return this.queue;
  }

  private async launch(): Promise<void> {
    if (this.current !== undefined || !this.wanted) return;
    this.tell({ kind: 'starting', words: 'starting' });
    let found: Found | undefined;
    try {
      await vscode.workspace.fs.createDirectory(vscode.Uri.file(this.storage));
      found = await find(this.settings, this.storage);
    } catch (error) {
      this.fail(error instanceof SettingError ? error.message : String(error));
      return;
    }
    if (found === undefined) {
      this.log.warn('No server was found.');
      this.tell({ kind: 'missing', words: 'The server is not installed' });
      return;
    }
    this.log.info(`Starting the server from ${found.from}`);
    await this.connect(found);
  }

  private async connect(found: Found): Promise<void> {
    const level = this.settings.get<string>('server.logLevel');
    const child = new ServerProcess(found, this.storage, level);
    const client = makeClient(() => child.start(), this.log, {
      stdioOptions: { stdout: () => undefined, stderr: child.notes },
      initializationOptions: () => serverSettings(this.settings),
      initializationFailedHandler: () => false,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      middleware: this.middleware,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => ({ action: CloseAction.DoNotRestart, handled: true }),
      },
    });
    this.current = client;
    this.starting = child;
    const patience = setTimeout(() => {
      child.kill('it does not answer');
    }, PATIENCE);
    try {
      await client.start();
    } catch (error) {
      await this.let(client);
      if (!this.wanted) return;
      this.log.error(error instanceof Error ? error : String(error));
      this.fail(`The server could not be started: ${child.lastWords || words(error)}`);
      return;
    } finally {
      clearTimeout(patience);
      this.starting = undefined;
    }
    const version = client.initializeResult?.serverInfo?.version;
    if (!isEnough(version)) {
      await client.stop().catch(() => undefined);
      await this.let(client);
      const is = version === undefined ? 'does not tell its version' : `is ${version}`;
      this.fail(`The server ${is}; ${OLDEST} or newer is needed. Run: ${UPGRADE}`);
      return;
    }
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Stopped && this.current === client) this.crashed(client, child);
    });
    this.running = client;
    this.tell({ kind: 'running', words: `running ${version}`, version: version ?? '' });
    for (const callback of this.callbacks.keys()) {
      this.callbacks.set(callback, this.call(callback, client));
    }
  }

  private crashed(client: LanguageClient, child: ServerProcess): void {
    const said = child.lastWords === '' ? '' : `: ${child.lastWords}`;
    void this.let(client);
    const delay = this.restarts.next(Date.now());
    if (delay === undefined) {
      this.fail(`The server ended again and again${said}`);
      return;
    }
    this.log.warn(`The server ended${said}; it is started again.`);
    this.tell({ kind: 'starting', words: 'starting again' });
    this.again = setTimeout(() => void this.enqueue(() => this.launch()), delay);
  }

  private async end(during: string | undefined): Promise<void> {
    const client = this.current;
    this.forget();
    // A server that does not end in time is killed by the client.
    await client?.stop().catch((error: unknown) => {
      this.log.warn(`The server did not end in order: ${words(error)}`);
    });
    await client?.dispose().catch(() => undefined);
    if (during === undefined) this.tell({ kind: 'off', words: 'stopped' });
    else this.tell({ kind: 'starting', words: during });
  }

  /** Gives up a client that has ended or never begun. */
  private async let(client: LanguageClient): Promise<void> {
    this.forget();
    await client.dispose().catch(() => undefined);
  }

  private forget(): void {
    this.current = undefined;
    this.running = undefined;
    for (const [callback, held] of this.callbacks) {
      held?.dispose();
      this.callbacks.set(callback, undefined);
    }
  }

  /** One part that fails takes no other with it. */
  private call(callback: OnClient, client: LanguageClient): vscode.Disposable | undefined {
    try {
      return callback(client);
    } catch (error) {
      this.log.error(error instanceof Error ? error : String(error));
      return undefined;
    }
  }

  private fail(told: string): void {
    this.log.error(told);
    this.tell({ kind: 'failed', words: told });
  }

  private tell(state: ServerState): void {
    this.state = state;
    this.states.fire(state);
  }
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
