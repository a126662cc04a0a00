/** The settings of the server among those of the extension. */
import type { Settings } from './settings.js';

/** As `redline serve` names them. */
export const SERVER_SETTINGS = [
  'index',
  'policy',
  'sessions',
  'watchFiles',
  'delay',
  'underline',
  'hoverEvidence',
  'lenses',
  'ask',
  'workspaceDiagnostics',
] as const;

/** What the server is told: its own settings and no other, for it complains of those. */
export function serverSettings(from: Pick<Settings, 'get'>): Record<string, unknown> {
  return Object.fromEntries(SERVER_SETTINGS.map((name) => [name, from.get(name)]));
}
