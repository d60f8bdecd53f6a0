// `npm start`: the service, from the environment, until a signal stops it.
import { explainFailure } from './cli/explain-failure.ts';
import { serveFromEnvironment } from './cli/serve-from-environment.ts';

try {
  await serveFromEnvironment(process.env);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${explainFailure(error)}\n`);
  process.exit(1);
}
