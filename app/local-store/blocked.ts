import type { UserId } from '#protocol/ids.ts';
import type { Rows } from './rows.ts';

/**
 * The people whom the person has blocked, as this device shows it: what the server says, and what is queued. [BL1] It is one row,
 * because every message that arrives and every chat that is drawn asks for it.
 */
export async function blockedPeople(rows: Rows): Promise<UserId[]> {
  const { value } = (await rows.facts.get('blocked')) ?? { value: '' };
  return value === '' ? [] : (value.split(' ') as UserId[]);
}
