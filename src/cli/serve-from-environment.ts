import { loadConfig } from '../config.ts';
import { createLogger } from './create-logger.ts';
import { secretsOf } from './secrets.ts';
import { serve } from './serve.ts';

/** Runs the service of an environment: `npm start`, `arcadia serve`. @throws as `serve` */
export async function serveFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  options: { worker?: boolean } = {},
): Promise<void> {
  const config = loadConfig(env);
  await serve(config, createLogger(config.logLevel, 1, secretsOf(env)), options);
}
