import { DigitalOceanError } from './errors.ts';

/**
 * One part of a path of DigitalOcean's API, encoded. `..` is refused: also written `%2e%2e` it means the part
 * before it, and the request would go to another path.
 * @throws {DigitalOceanError} `invalid` for text that can be no part of a path; nothing is sent
 */
export function pathPart(text: string): string {
  if (text === '' || text === '.' || text === '..' || text.length > 300 || !text.isWellFormed()) {
    const message = 'DigitalOcean has nothing by this id: it can be no part of a path';
    throw new DigitalOceanError({ code: 'invalid', message, path: '' });
  }
  return encodeURIComponent(text);
}
