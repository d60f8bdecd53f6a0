import { pino, type DestinationStream } from 'pino';
import type { LogLevel } from '../config.ts';
import { currentCorrelation } from '../runtime/correlation.ts';
import type { Logger } from '../runtime/logger.ts';
import { describeError } from './logged-error.ts';
import { hidden, hideSecrets } from '../runtime/hide-secrets.ts';
import { visible } from './visible.ts';

/** Members that hold a secret wherever they occur, in any case. */
const secretNames: ReadonlySet<string> = new Set([
  'authorization',
  'token',
  'access_token',
  'secret',
  'password',
  'jwtsecret',
  'cookie',
  'set-cookie',
  'idempotency-key',
]);
const secretMember = new RegExp(`"(?:${[...secretNames].join('|')})":`, 'i');

/** Blanks members by name. Few lines have one, so only those that do are parsed. */
function hideMembers(line: string): string {
  if (!secretMember.test(line)) return line;
  const shown = JSON.stringify(JSON.parse(line), (name, value: unknown) =>
    secretNames.has(name.toLowerCase()) ? hidden : value,
  );
  return `${shown}\n`;
}

/**
 * The logger: it writes a JSON object a line, with the `correlation_id` of the request or job run. Secrets
 * are blanked by the name of a member, by value (`secrets`), and by shape, such as a password in a URL.
 * Characters that steer a terminal are escaped.
 * @param to 1 for stdout, as of a service; 2 for stderr, where stdout has a command's result; or any stream
 * @param secrets what must occur in no line, such as `secretsOf(process.env)`
 */
export function createLogger(
  level: LogLevel,
  to: 1 | 2 | DestinationStream = 1,
  secrets: readonly string[] = [],
): Logger {
  const destination = typeof to === 'number' ? pino.destination({ dest: to, sync: true }) : to;
  return pino(
    {
      level,
      base: { service: 'arcadia-cloud' },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (error: unknown) => describeError(error, secrets) },
      mixin: () => {
        const id = currentCorrelation();
        return id === undefined ? {} : { correlation_id: id };
      },
    },
    {
      write: (line) => {
        destination.write(visible(hideSecrets(hideMembers(line), secrets)));
      },
    },
  );
}
