/** How often and how soon a server that crashed is started again. */

const MOST = 4;
const WITHIN = 3 * 60_000;
const FIRST_DELAY = 500;

/** Counts crashes; all times are milliseconds. */
export class Restarts {
  private crashes: number[] = [];

  /** The time to wait after a crash at `now`, or undefined where it is no use. */
  next(now: number): number | undefined {
    this.crashes = this.crashes.filter((at) => now - at < WITHIN);
    this.crashes.push(now);
    return this.crashes.length > MOST ? undefined : FIRST_DELAY * 2 ** (this.crashes.length - 1);
  }

  forgive(): void {
    this.crashes = [];
  }
}
