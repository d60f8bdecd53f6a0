/**
 * A process that rolls up April 2026 for all tenants, and says how many invoices are issued, for a test that
 * kills it. It takes a database (`TARGET`, JSON) and where its clock stands (`NOW`).
 */
import { openService } from '../../../src/open-service.ts';
import { freshMeta } from '../../../src/ledger/fresh-meta.ts';
import { rollUp } from '../../../src/processes/roll-up.ts';
import { admin } from '../commands/command-spec.ts';
import { fixedClock } from '../ledger/fixed-clock.ts';
import { testParts } from '../ledger/test-parts.ts';

const { TARGET = '', NOW = '' } = process.env;
const service = await openService({
  ...testParts(JSON.parse(TARGET)),
  clock: fixedClock(NOW),
});
const { processDeps, ledger } = service;
await rollUp(
  {
    ...processDeps,
    onProgress: (done) => {
      process.stdout.write(`issued ${done}\n`);
    },
  },
  { period: '2026-04-01' },
  () => freshMeta(ledger, { actor: admin }),
);
process.stdout.write('done\n');
await service.close();
