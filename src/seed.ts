// What a start does with an empty ledger, and with a tax that the environment names.
import type { Config } from './config.ts';
import { freshMeta } from './ledger/fresh-meta.ts';
import type { OpenLedger } from './open-ledger.ts';
import { taxOf } from './parts.ts';
import { seedCatalog } from './processes/seed/seed-catalog.ts';
import { differingTax, seedTax } from './processes/seed/seed-tax.ts';
import type { Logger } from './runtime/logger.ts';

type SeededLedger = Pick<OpenLedger, 'ledger' | 'overRestarts'>;

/**
 * Gives an empty ledger its catalog, unless configured not to, and a ledger without a tax rate the configured
 * one. @returns how many events it added; every reader sees them
 */
export async function seedWhenEmpty(config: Config, { ledger, overRestarts }: SeededLedger): Promise<number> {
  const correlationId = ledger.newId();
  const actor = { sub: 'job:seed', tenant_id: null, roles: ['platform_admin'] };
  const meta = () => freshMeta(ledger, { actor, correlationId });
  return overRestarts(async () => {
    const catalog = config.seedCatalog ? await seedCatalog(ledger, meta) : 0;
    const seeded = catalog + (await seedTax(ledger, taxOf(config), meta()));
    if (seeded > 0) await ledger.waitFor(await ledger.position());
    return seeded;
  });
}

/** Logs a warning where the environment names another tax than the ledger has, which alone counts. */
export async function warnOfOtherTax(
  config: Config,
  { ledger, overRestarts }: SeededLedger,
  logger: Logger,
): Promise<void> {
  const configured = taxOf(config);
  const inForce = await overRestarts(() => differingTax(ledger, configured));
  if (inForce === null) return;
  const message =
    'TAX_NAME and TAX_RATE differ from the tax rate in the ledger, which holds: set another one ' +
    'by POST /api/v1/tax-rates';
  logger.warn({ configured, ledger: inForce }, message);
}
