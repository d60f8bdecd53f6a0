import { z } from 'zod';
import { discardBody, readBody } from '../runtime/read-body.ts';

/**
 * Anybody may make us ask for the key set, by a token with an unknown key: far less of it is read than of
 * other answers.
 */
const mostKeySetBytes = 256 * 1024;
const mostKeys = 100;
/** From sending to the last byte of the answer. */
const timeoutMs = 5_000;

const keySetSchema = z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(mostKeys) });

/**
 * The key set of a token issuer. It is read from that address alone: a redirect is no answer.
 * @throws where there is none within five seconds, or more of it than any issuer has
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
