/** How much of the workspace the overview knows, in a few words. */
import type { Overview } from '../protocol.js';

export interface Coverage {
  /** Beside the view's title: when everything was last checked. */
  readonly description: string;
  /** Above the tree, where something is not known. */
  readonly message: string;
}

export function coverage({ projects }: Overview, now: Date): Coverage {
  if (projects.length === 0) return { description: '', message: '' };
  const times = projects.map(({ checked }) => checked);
  if (times.some((time) => time === null)) {
    const message = 'Open files only. Check all files to know the rest.';
    return { description: '', message };
  }
  const oldest = times.map((time) => new Date(time ?? 0)).reduce(earlier);
  const complete = projects.every((project) => project.complete);
  return {
    description: `checked ${moment(oldest, now)}`,
    message: complete ? '' : 'Not everything in protected places could be judged.',
  };
}

function moment(time: Date, now: Date): string {
  return time.toDateString() === now.toDateString()
    ? time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    : time.toLocaleDateString([], { day: 'numeric', month: 'short', year: 'numeric' });
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
