import type { OutboxRow } from '#app/local-store/local-store.ts';
import { rulesOf } from '#app/ops/registry.ts';
import type { UnplacedMessage } from '#app/ops/rules.ts';
import type { UserId } from '#protocol/ids.ts';

/** The message that an op of the outbox sends, as far as this device can describe it. Undefined if it sends none. */
export function sentMessage({ op, copied }: OutboxRow, self: UserId): UnplacedMessage | undefined {
  const message = rulesOf(op).message?.(op, self);
  return message === undefined || copied === undefined ? message : { ...message, ...copied };
}
