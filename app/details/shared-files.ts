import { splitAtAddresses } from '#app/links/web-addresses.ts';
import type { OpenedFile } from '#app/media/opened-file.ts';
import { seenFiles } from '#app/media/seen-files.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import type { Attachment, MessageRecord } from '#protocol/record.ts';

export interface Shared {
  seen: OpenedFile[];
  files: { file: Attachment; messageId: OpId; seq: number }[];
  links: { text: string; href: string; messageId: OpId }[];
}

/** The files and links in these messages, the newest first. An address that was sent twice is listed at its last message. */
export function sharedIn(stream: ConversationId, messages: readonly MessageRecord[]): Shared {
  const present = messages.filter(({ deletedAt }) => deletedAt === undefined).toReversed();
  const files = present.flatMap(({ id, seq, attachments }) =>
    attachments
      .filter(({ kind }) => kind !== 'image' && kind !== 'video')
      .map((file) => ({ file, messageId: id, seq })),
  );
  const links = new Map<string, Shared['links'][number]>();
  for (const { id, text } of present) {
    for (const piece of splitAtAddresses(text)) {
      if (piece.kind === 'link' && !links.has(piece.href)) {
        links.set(piece.href, { text: piece.text, href: piece.href, messageId: id });
      }
    }
  }
  return { seen: present.flatMap((message) => seenFiles(stream, [message])), files, links: [...links.values()] };
}
