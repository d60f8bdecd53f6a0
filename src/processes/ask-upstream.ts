import type { DigitalOceanClient } from '../digitalocean/client.ts';
import { DigitalOceanError } from '../digitalocean/errors.ts';
import { refuse, Refused } from '../ledger/refusal.ts';
import { FinanceError } from '../finance/errors.ts';

/** @throws {Refused} `not-configured` without a DigitalOcean token */
export function requireDigitalOcean(client: DigitalOceanClient | null): DigitalOceanClient {
  if (client === null)
    throw new Refused(refuse('not-configured', 'no DigitalOcean token is configured (DIGITALOCEAN_TOKEN)'));
  return client;
}

/**
 * The answer of an outside service. Its failure becomes a refusal with the reason, not an internal error.
 * @param what what was requested, as in `invoice 66c6…`
 * @throws {Refused} `upstream-failed`
 */
export async function askUpstream<T>(what: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof DigitalOceanError || error instanceof FinanceError) {
      throw new Refused(
        refuse('upstream-failed', `${what}: ${error.message}`, { extra: { reason: error.code } }),
        { cause: error },
      );
    }
    throw error;
  }
}
