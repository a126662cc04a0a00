/** Versions of the server, of which the numbers before the first letter count. */

/** The oldest server that understands this extension. */
export const OLDEST = '0.1.0';

/** Negative where `one` is older than `other`, 0 where both are the same release. */
export function compare(one: string, other: string): number {
  const [left, right] = [numbers(one), numbers(other)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a server of this version can be used; one that does not tell its version is too old. */
export function isEnough(version: string | undefined): boolean {
  return version !== undefined && numbers(version).length > 0 && compare(version, OLDEST) >= 0;
}

function numbers(version: string): number[] {
  const release = /^\d+(\.\d+)*/.exec(version);
  return release === null ? [] : release[0].split('.').map(Number);
}
