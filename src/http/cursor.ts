import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Refused, refuseField } from '../ledger/refusal.ts';
import { canonicalJson } from '../runtime/canonical-json.ts';

/** The place in a list after which the next page starts: the sort key of its last row. */
export type CursorKey = readonly (string | number | boolean | null)[];

/** Signs the keys of lists, so that a client can send one back but not make one up. */
export interface Cursors {
  /** @param binding the list's route, filters and scope. A cursor opens only with an equal one. */
  seal(key: CursorKey, binding: unknown): string;
  /** @throws {Refused} `invalid-input` at `cursor` for one that was altered or belongs to another list */
  open(cursor: string, binding: unknown): unknown;
}

const TAG_BYTES = 16;

/** Cursors signed with a key that derives from `secret`; all nodes of a service need the same secret. */
export function createCursors(secret: string): Cursors {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'arcadia-cloud list cursors', 32));
  const tagOf = (payload: Buffer, binding: unknown): Buffer =>
    createHmac('sha256', key)
      .update(createHash('sha256').update(canonicalJson(binding)).digest())
      .update(payload)
      .digest()
      .subarray(0, TAG_BYTES);
  return {
    seal(rowKey, binding) {
      const payload = Buffer.from(JSON.stringify(rowKey));
      return Buffer.concat([tagOf(payload, binding), payload]).toString('base64url');
    },
    open(cursor, binding) {
      const bytes = Buffer.from(cursor, 'base64url');
      const [tag, payload] = [bytes.subarray(0, TAG_BYTES), bytes.subarray(TAG_BYTES)];
      // Decoding skips foreign characters: only the exact text that was issued is accepted.
      const genuine =
        bytes.toString('base64url') === cursor &&
        tag.length === TAG_BYTES &&
        timingSafeEqual(tag, tagOf(payload, binding));
      if (!genuine) throw new Refused(refuseField('cursor', 'not a cursor of this list with these filters'));
      return JSON.parse(payload.toString()) as unknown;
    },
  };
}
