import { z } from 'zod';
import { discardBody, readBody } from '../runtime/read-body.ts';

/** Bytes that are read of the answer: few, since every client can cause the request by an unknown key. */
const mostKeySetBytes = 256 * 1024;
const mostKeys = 100;
/** From sending to the last byte of the answer. */
const timeoutMs = 5_000;

const keySetSchema = z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(mostKeys) });

/**
 * The key set of a token issuer. It is read from that address only; redirects are not followed.
 * @throws {Error} without a valid answer within five seconds, and for one that is too large
 */
export async function fetchKeySet(url: string): Promise<z.output<typeof keySetSchema>> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  try {
    if (response.status !== 200) throw new Error(`the key set's address answered ${String(response.status)}`);
    return keySetSchema.parse(JSON.parse(await readBody(response, mostKeySetBytes)));
  } finally {
    await discardBody(response);
  }
}
