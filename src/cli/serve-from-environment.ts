import { loadConfig } from '../config.ts';
import { createLogger } from './create-logger.ts';
import { secretsOf } from './secrets.ts';
import { serve } from './serve.ts';

/** Runs the service that an environment describes, as `npm start` and `arcadia serve` do. @throws as `serve` */
export async function serveFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  options: { worker?: boolean } = {},
): Promise<void> {
  const config = loadConfig(env);
  await serve(config, createLogger(config.logLevel, 1, secretsOf(env)), options);
}
