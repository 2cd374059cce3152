/** Why the device did not take a write. Each has its sentence on the screen. */
export type RefusedWhy =
  /** No room is left for this site. [REL-10] */
  | 'full'
  /** This tab has let its database go: a newer version of the app, or signing out elsewhere, needs it; or it was closed. */
  | 'closed'
  /** The connection to the database was lost and does not come back. [ask 30] */
  | 'lost';

/** Nothing of the write is kept: who made it still has what it held. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
  readonly why: RefusedWhy;

  constructor(why: RefusedWhy, cause: unknown) {
    super(`the device's storage refused: ${why}`, { cause });
    this.why = why;
  }
}
