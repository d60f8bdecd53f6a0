/**
 * A node of the service as its own process, on the database that `NODE_TARGET` describes as JSON (a test
 * database has no URL). All other settings come from the environment, as for the service. It prints where it
 * listens; SIGTERM ends it cleanly.
 */
import { createLogger } from '../../src/cli/create-logger.ts';
import { explainFailure } from '../../src/cli/explain-failure.ts';
import { failureToCome, listen, urlOf } from '../../src/cli/serve.ts';
import { loadConfig } from '../../src/config.ts';
import type { ConnectTarget } from '../../src/database/db.ts';
import { openService } from '../../src/open-service.ts';
import { testPartsOf } from '../support/ledger/test-parts.ts';

try {
  const target = JSON.parse(process.env['NODE_TARGET'] ?? '') as ConnectTarget;
  const mismatch = failureToCome();
  const context = { logger: createLogger('warn', 1), onLogMismatch: mismatch.fail };
  const service = await openService(testPartsOf(loadConfig(process.env), target, context));
  const server = await listen(service.app, 0, '127.0.0.1');
  process.stdout.write(`listens on ${urlOf(server)}\n`);
  await Promise.race([
    mismatch.failed,
    new Promise((resolve) => {
      process.once('SIGTERM', resolve);
    }),
  ]);
  server.closeAllConnections();
  server.close();
  await service.close();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${explainFailure(error)}\n`);
  process.exit(1);
}
