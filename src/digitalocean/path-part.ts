import { DigitalOceanError } from './errors.ts';

/**
 * One part of a path of DigitalOcean's API, encoded. `..` means the part before it, also when it is written
 * `%2e%2e`, and would send the token to another path than the one that was meant.
 * @throws {DigitalOceanError} `invalid` for what can be no part of a path; nothing is sent
 */
export function pathPart(text: string): string {
  if (text === '' || text === '.' || text === '..' || text.length > 300 || !text.isWellFormed()) {
    const message = 'DigitalOcean has nothing by this id: it can be no part of a path';
    throw new DigitalOceanError({
      code: 'invalid',
      message,
      status: null,
      path: '',
      requestId: null,
      providerCode: null,
    });
  }
  return encodeURIComponent(text);
}
