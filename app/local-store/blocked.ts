import type { UserId } from '#protocol/ids.ts';
import type { Rows } from './rows.ts';

/**
 * The people whom the person has blocked, as this device shows it: the server's state with the queued changes. [BL1] It is one
 * row, because it is read for every message that arrives and every chat that is drawn.
 */
export async function blockedPeople(rows: Rows): Promise<UserId[]> {
  const { value } = (await rows.facts.get('blocked')) ?? { value: '' };
  return value === '' ? [] : (value.split(' ') as UserId[]);
}
