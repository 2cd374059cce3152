/** Why the device could not store a write. The app shows a sentence for each reason. */
export type RefusedWhy =
  /** The site's storage quota is exceeded. [REL-10] */
  | 'full'
  /** This tab has closed its database, because a newer version of the app or a sign-out in another tab needs it. */
  | 'closed'
  /** The connection to the database was lost and could not be restored. [ask 30] */
  | 'lost';

/** The write had no effect; the caller still has its content. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
  readonly why: RefusedWhy;

  constructor(why: RefusedWhy, cause: unknown) {
    super(`the device could not store this: ${why}`, { cause });
    this.why = why;
  }
}
