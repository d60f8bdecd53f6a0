/**
 * A process that closes April 2026 by force and stalls between the decision and the first invoice, for a test
 * that kills it there. It takes a database (`TARGET`, JSON) and where its clock stands (`NOW`).
 */
import { deadRuns } from '../../../src/jobs/dead-runs.ts';
import { freshMeta } from '../../../src/ledger/fresh-meta.ts';
import { openService } from '../../../src/open-service.ts';
import { closeMonth } from '../../../src/processes/close-month.ts';
import { commands } from '../../../src/processes/commands.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { admin } from '../commands/command-spec.ts';
import { fixedClock } from '../ledger/fixed-clock.ts';
import { testParts } from '../ledger/test-parts.ts';

const { TARGET = '', NOW = '' } = process.env;
const { ledger, processDeps } = await openService({
  ...testParts(JSON.parse(TARGET)),
  clock: fixedClock(NOW),
});
const execute: Ledger['execute'] = async (command, input, meta) => {
  const executed = await ledger.execute(command, input, meta);
  if (command.name !== commands.closeMonth.command.name) return executed;
  process.stdout.write('decided\n');
  return new Promise(() => undefined);
};
await closeMonth(
  { ...processDeps, deadRuns, ledger: { ...ledger, execute } },
  { period: '2026-04-01', force: true, reason: 'the owner wants it out' },
  () => freshMeta(ledger, { actor: admin }),
);
