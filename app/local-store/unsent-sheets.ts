import type { ConversationId } from '#protocol/ids.ts';
import type { Files, PickedFile } from './files.ts';

/** What is about to be sent to a chat. */
export interface Sheet {
  picked: readonly PickedFile[];
  caption: string;
  /** Pictures are sent as they are. */
  asFiles: boolean;
  /** The day and the time at which it is to be sent, by the clock of this device; absent: now. */
  when?: { date: string; time: string } | undefined;
}

/** Keeps a sheet on the device, so that a reload or a crash loses nothing of it. Only its new files are written. */
export async function keepSheet({ unsent }: Files, stream: ConversationId, sheet: Sheet): Promise<void> {
  const { picked, caption, asFiles, when } = sheet;
  await unsent.write(async () => {
    const held = await unsent.picked.where('stream').equals(stream).primaryKeys();
    const order = picked.map(({ id }) => id);
    await unsent.picked.bulkDelete(held.filter((id) => !order.includes(id)));
    await unsent.picked.bulkPut(picked.filter(({ id }) => !held.includes(id)).map((each) => ({ ...each, stream })));
    await unsent.sheets.put({ stream, caption, asFiles, when, order });
  });
}

/** Undefined if the chat has none. */
export async function keptSheet({ unsent }: Files, stream: ConversationId): Promise<Sheet | undefined> {
  const row = await unsent.sheets.get(stream);
  if (row === undefined) return undefined;
  const found = await unsent.picked.bulkGet(row.order);
  const picked = found.flatMap((each) => (each === undefined ? [] : [each]));
  const { caption, asFiles, when } = row;
  return picked.length === 0 ? undefined : { picked, caption, asFiles, when };
}

/** It was sent or discarded. */
export async function endSheet({ unsent }: Files, stream: ConversationId): Promise<void> {
  await unsent.write(async () => {
    await unsent.sheets.delete(stream);
    await unsent.picked.where('stream').equals(stream).delete();
  });
}
