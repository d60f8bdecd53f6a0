/** A ledger that bills some tenants month after month, as a process of its own and its test open it. */
import { sellerFields } from '../../../commands/parties/seller-fields.ts';
import type { ConnectTarget } from '../../../src/database/db.ts';
import { freshMeta } from '../../../src/ledger/fresh-meta.ts';
import { createMailClient } from '../../../src/mail/mail-client.ts';
import { openService, type Service } from '../../../src/open-service.ts';
import { addMonths } from '../../../src/pricing/calendar.ts';
import { commands } from '../../../src/processes/commands.ts';
import { importCustomers } from '../../../src/processes/import/import-customers.ts';
import { seedCatalog } from '../../../src/processes/seed/seed-catalog.ts';
import { admin } from '../commands/command-spec.ts';
import { fixedClock } from '../ledger/fixed-clock.ts';
import { testParts } from '../ledger/test-parts.ts';
import { customerBody, sellerBody } from '../parties/party-bodies.ts';

/** One life of the process that bills. */
export interface BillingLife {
  target: ConnectTarget;
  /** Where its clock stands (ISO). */
  now: string;
  smtpUrl: string;
  /** The months that it bills, by their first days. */
  periods: readonly string[];
}

/** The first month that is billed. */
export const firstPeriod = '2018-01-01';

export const billedTenants = ['t-0', 't-1', 't-2', 't-3'] as const;

/** So many months, after so many others. */
export const billedPeriods = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => addMonths(firstPeriod, from + index));

/** The payments of a month: in two parts, together less than an invoice or more. */
export function paymentsOf(period: string): { tenant_id: string; amount_cents: number; reference: string }[] {
  return billedTenants.flatMap((tenant_id, index) =>
    [2_000 + 100 * index, 2_900 + 37 * Number(period.slice(5, 7)) + 150 * index].map(
      (amount_cents, part) => ({
        tenant_id,
        amount_cents,
        reference: `${tenant_id} ${period} part ${part}`,
      }),
    ),
  );
}

/** Opens it. It settles in the background, as production does. */
export async function openBilling({ target, now, smtpUrl }: Omit<BillingLife, 'periods'>): Promise<Service> {
  return openService({
    ...testParts(target),
    clock: fixedClock(now),
    mail: createMailClient({ url: smtpUrl, from: 'Skyai <billing@seller.example>' }),
    settles: true,
  });
}

/** Fills a new ledger with a seller and with customers whose plans begin with the first month. */
export async function fillBilling({ ledger, processDeps }: Service): Promise<void> {
  const meta = () => freshMeta(ledger, { actor: admin });
  await seedCatalog(ledger, meta);
  const seller = { ...sellerFields.parse(sellerBody), effective_from: firstPeriod };
  await ledger.execute(commands.setSeller, seller, meta());
  const subscription = { plan_code: 'studio', starts_on: firstPeriod, billed_from: firstPeriod };
  const items = billedTenants.map((tenant_id, index) => ({
    row: index + 1,
    deployment_rows: [index + 1],
    content: {
      ...customerBody,
      tenant_id,
      emails: { billing: [`${tenant_id}@customer.example`] },
      deployments: [{ slug: 'site', display_name: 'Site', subscription }],
    },
  }));
  const { errors } = await importCustomers(processDeps, { items, errors: [], dryRun: false }, meta());
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
}
