// `npm start`: the service, from the environment, until it is told to stop.
import { explainFailure } from './cli/explain-failure.ts';
import { createLogger } from './cli/log.ts';
import { secretsOf } from './cli/secrets.ts';
import { serve } from './cli/serve.ts';
import { loadConfig } from './config.ts';

try {
  const config = loadConfig(process.env);
  await serve(config, createLogger(config.logLevel, 1, secretsOf(process.env)));
  process.exit(0);
} catch (error) {
  process.stderr.write(`${explainFailure(error)}\n`);
  process.exit(1);
}
