import type { FastifyRequest } from 'fastify';
import { type Failure, syncError } from '#protocol/errors.ts';
import { UploadFacts } from '#protocol/http.ts';
import type { MediaId, UserId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/record.ts';
import { parse } from '#protocol/shape.ts';
import type { Media } from '#server/media/open-media.ts';

const FIELDS = Object.keys(UploadFacts.entries).length;

/** A form has a few short fields, then one file. [SEC-62] */
export const formLimits = {
  fields: FIELDS,
  fieldSize: 4_096,
  fieldNameSize: 100,
  headerPairs: 20,
  files: 1,
  parts: FIELDS + 1,
  fileSize: limits.file,
};

/** Receives the one file of a form, which must come last. Rejects with the form parser's errors, which have a status. [MD1] */
export async function receiveForm(
  request: FastifyRequest,
  user: UserId,
  { takeFile, incoming }: Pick<Media, 'takeFile' | 'incoming'>,
): Promise<{ attachment: Attachment } | Failure> {
  const fields = new Map<string, unknown>();
  let received: { facts: UploadFacts; path: string } | undefined;
  const id = crypto.randomUUID() as string as MediaId;
  try {
    for await (const part of request.parts()) {
      if (received !== undefined) return failed('invalid', 'the file must come last', part.fieldname);
      if (part.type === 'field') {
        if (fields.has(part.fieldname)) return failed('invalid', 'a field was sent twice', part.fieldname);
        fields.set(part.fieldname, part.value);
        continue;
      }
      if (part.fieldname !== 'file') return failed('invalid', 'an unknown field', part.fieldname);
      const facts = parse(UploadFacts, { name: part.filename, ...Object.fromEntries(fields) });
      if (!facts.ok) return { error: facts.error };
      // The form is slightly longer than its file; the exact size is checked once it is known.
      const announced = Math.min(Number(request.headers['content-length'] ?? 0), limits.file);
      const error = await takeFile.admit(user, facts.value, announced, id);
      if (error !== undefined) return { error };
      received = { facts: facts.value, path: await incoming.write(part.file) };
      if (part.file.truncated) return failed('too_large', `longer than ${limits.file} bytes`, 'file');
    }
    if (received === undefined) return failed('invalid', 'a file is missing', 'file');
    return await takeFile.take(user, received.facts, received.path, id);
  } finally {
    takeFile.release(id);
    if (received !== undefined) await incoming.remove(received.path);
  }
}

function failed(code: 'invalid' | 'too_large', message: string, path: string): Failure {
  return { error: syncError(code, message, { path }) };
}
