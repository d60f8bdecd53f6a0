import { whatIf } from '../invoicing/what-if.ts';
import { type WhatIfResult } from '../invoicing/what-if-result.ts';
import { loadConfig } from '../config.ts';
import { silentLogger } from '../runtime/logger.ts';
import { Refused } from '../ledger/refusal.ts';
import { openLedger } from '../open-ledger.ts';
import { openParts, taxOf } from '../parts.ts';
import { UsageError } from './usage-error.ts';
import { cliActor } from './cli-actor.ts';
import { visible } from './visible.ts';
import { parseWhatIf, type WhatIfCommandLine, type WhatIfOptions } from './what-if-input.ts';
import { showWhatIf } from './what-if-table.ts';
import { freshMeta } from '../ledger/fresh-meta.ts';

/** Answers `arcadia what-if`: a table, or a line of JSON. @throws {UsageError} for invalid arguments */
export async function answerWhatIf(options: WhatIfOptions, json: boolean): Promise<string> {
  const result = await ask(parseWhatIf(options));
  return json ? visible(`${JSON.stringify(result)}\n`) : showWhatIf(result);
}

/** @throws {UsageError} for what the ledger's catalog does not have, by the argument that names it */
async function ask({ asked, explain }: WhatIfCommandLine): Promise<WhatIfResult> {
  const config = loadConfig(process.env, ['log', 'invoicing']);
  const open = await openLedger(await openParts(config, { logger: silentLogger }));
  try {
    const { ledger, sql } = open;
    const deps = { ledger, sql, tax: taxOf(config) };
    return await whatIf(deps, asked, freshMeta(ledger, { actor: cliActor() }));
  } catch (error) {
    if (error instanceof Refused && error.refusal.errors !== undefined)
      throw new UsageError(explain(error.refusal.errors));
    throw error;
  } finally {
    await open.close();
  }
}
