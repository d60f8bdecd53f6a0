// One of several processes of the service that share a port by node:cluster. It sends its URL.
import cluster from 'node:cluster';
import { openService } from '../../src/open-service.ts';
import { seedCatalog } from '../../src/processes/seed/seed-catalog.ts';
import { testParts } from '../support/ledger/test-parts.ts';
import type { BenchContext } from './context.ts';
import { runsAs } from './programs.ts';
import { adminMeta, listen, urlOf } from './service.ts';

/** What the process is given. */
export interface ServiceTask {
  target: BenchContext['target'];
}

async function serve({ target }: ServiceTask): Promise<void> {
  const parts = testParts(target);
  const service = await openService({ ...parts, http: { ...parts.http, checkResponses: false } });
  if (cluster.worker?.id === 1) await seedCatalog(service.ledger, adminMeta);
  process.send?.(urlOf(await listen(service.app)));
}

if (runsAs('service-process')) await serve(JSON.parse(process.argv[2] ?? '') as ServiceTask);
