import type { Command } from 'commander';
import { whatIf } from '../billing/what-if.ts';
import type { WhatIfResult } from '../billing/what-if.ts';
import { createServiceFromConfig } from '../compose.ts';
import { loadConfig } from '../config.ts';
import { silentLogger } from '../engine/logger.ts';
import { Refused } from '../engine/refusal.ts';
import { UsageError } from './usage-error.ts';
import { userName } from './user-name.ts';
import { visible } from './visible.ts';
import { parseWhatIf } from './what-if-input.ts';
import type { WhatIfCommandLine, WhatIfOptions } from './what-if-input.ts';
import { showWhatIf } from './what-if-table.ts';

const repeated = (value: string, before: string[] = []): string[] => [...before, value];

const examples = `
Examples:
  arcadia what-if --period 2026-04 --plan studio.droplet_hours.overage=2
  arcadia what-if --period 2026-03 --period 2026-04 --plan studio.base=1900 --tax 0.15
  arcadia what-if --period 2026-04 --plan studio@2.droplet_hours.included=100 --plan studio@2.droplet_hours.cap=none
  arcadia what-if --period 2026-04 --plan studio.terms=3        (the terms of version 3, be it a draft)
  arcadia what-if --period 2026-04 --addon storage_50gb=500 --json

Prices are whole cents. A plan's override concerns every version of it, or the one after @.`;

/** Adds `what-if`. */
export function addWhatIfCommand(program: Command): void {
  program.command('what-if')
    .description('what months would come to under another catalog or tax: per tenant and line, with the margin; nothing live changes')
    .requiredOption('--period <month>', 'a month, as 2026-04; repeat it for several', repeated)
    .option('--plan <override>', 'as studio.base=1900 or studio@2.droplet_hours.overage=2; repeatable', repeated, [])
    .option('--addon <override>', 'as storage_50gb=500; repeatable', repeated, [])
    .option('--tax <rate>', 'as 0.15')
    .option('--json', 'print the result as one line of JSON')
    .addHelpText('after', examples)
    .action(async ({ json, ...options }: WhatIfOptions & { json?: boolean }) => {
      const result = await ask(parseWhatIf(options));
      process.stdout.write(json === true ? visible(`${JSON.stringify(result)}\n`) : showWhatIf(result));
    });
}

/** @throws {UsageError} for what the ledger's catalog does not have, by the argument that names it */
async function ask({ asked, explain }: WhatIfCommandLine): Promise<WhatIfResult> {
  const config = loadConfig(process.env);
  const service = await createServiceFromConfig(config, { logger: silentLogger });
  try {
    const { ledger, sql } = service;
    const actor = { sub: `cli:${userName()}`, tenant_id: null, roles: ['platform_admin'] };
    const deps = { ledger, sql, tax: { name: config.taxName, rate: config.taxRate } };
    return await whatIf(deps, asked, { actor, correlationId: ledger.newId(), commandId: ledger.newId() });
  } catch (error) {
    if (error instanceof Refused && error.refusal.errors !== undefined) throw new UsageError(explain(error.refusal.errors));
    throw error;
  } finally {
    await service.close();
  }
}
