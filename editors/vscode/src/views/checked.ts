/** How much of the workspace the overview knows, in a few words. */
import type { Overview } from '../protocol.js';

/** One sentence for above the tree; empty where there is no project. */
export function coverage({ projects }: Overview, now: Date, language: string): string {
  if (projects.length === 0) return '';
  const times = projects.map(({ checked }) => checked);
  if (times.some((time) => time === null)) {
    return 'Open files only. Check all files to know the rest.';
  }
  const oldest = moment(times.map((time) => new Date(time ?? 0)).reduce(earlier), now, language);
  return projects.every((project) => project.complete)
    ? `All files checked, ${oldest}.`
    : `Files checked, ${oldest}. Not everything in protected places could be judged.`;
}

function moment(time: Date, now: Date, language: string): string {
  return time.toDateString() === now.toDateString()
    ? time.toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' })
    : time.toLocaleDateString(language, { day: 'numeric', month: 'short', year: 'numeric' });
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
