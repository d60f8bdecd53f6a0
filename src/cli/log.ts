import { pino, type DestinationStream } from 'pino';
import type { LogLevel } from '../config.ts';
import type { Logger } from '../engine/logger.ts';

/** Members that hold a secret wherever they occur, to the depth that a log line has them. */
const secretNames = ['authorization', 'token', 'access_token', 'secret', 'password', 'jwtSecret', 'cookie', '["idempotency-key"]'];
const deep = (name: string): string[] => {
  const member = name.startsWith('[') ? name : `.${name}`;
  return [name, `*${member}`, `*.*${member}`, `*.*.*${member}`];
};

/**
 * The structured log: a JSON object a line, secrets blanked.
 * @param to 1 for stdout, as a service logs; 2 for stderr, where stdout belongs to a command's result; or any stream
 */
export function createLogger(level: LogLevel, to: 1 | 2 | DestinationStream = 1): Logger {
  return pino(
    { level, base: { service: 'arcadia-cloud' }, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths: secretNames.flatMap(deep), censor: '[redacted]' } },
    typeof to === 'number' ? pino.destination({ dest: to, sync: true }) : to,
  );
}
