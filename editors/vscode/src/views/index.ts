/** What a person sees. */
import * as vscode from 'vscode';
import type { Context } from '../context.js';

export function register(context: Context): vscode.Disposable {
  return context.onState(() => undefined);
}
