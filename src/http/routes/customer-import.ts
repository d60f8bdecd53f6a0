import { z } from 'zod';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { csvItems } from '../../processes/import/csv-items.ts';
import { importCustomers } from '../../processes/import/import-customers.ts';
import type { ImportItem, RowError } from '../../processes/import/import-format.ts';
import { defineRoute } from '../route.ts';
import { one, queryBoolean } from '../schemas.ts';

const counts = z.strictObject({
  customers: z.int(),
  deployments: z.int(),
  subscriptions: z.int(),
  addons: z.int(),
  opening_balances: z.int(),
});

const rowError = z.strictObject({ row: z.int(), path: z.string(), message: z.string() });

/** The items of a JSON file: one customer each, counted from 1. */
function jsonItems(customers: readonly unknown[]): { items: ImportItem[]; errors: RowError[]; rows: number } {
  const items = customers.map((content, index) => ({ row: index + 1, deployment_rows: [], content }));
  return { items, errors: [], rows: items.length };
}

export const importCustomersRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/customers/import',
  tag: 'customers',
  summary: 'Take in the customers of a running business, from JSON or CSV',
  description: [
    'Profiles, deployments, subscriptions with a past start, agreed addon prices, and opening balances.',
    'Everything is checked first: a file with any error writes nothing and is a 422 with `errors` by `row`;',
    'with `dry_run` the answer is a 200 that lists them beside what the file would add. The same file again',
    'adds nothing. Nothing before `billed_from` is invoiced (default: the day after the opening balance,',
    'else today). A CSV file is sent as `text/csv`, with `?dry_run=true` for a dry run. The formats are in',
    'docs/import.md.',
  ].join(' '),
  access: 'admin',
  largeBody: true,
  csv: true,
  heavy: true,
  query: z.strictObject({ dry_run: queryBoolean.optional() }),
  body: z
    .strictObject({
      dry_run: z.boolean().optional(),
      customers: z.array(z.json()).max(1_000).optional(),
      csv: z.string().optional(),
    })
    .refine(({ customers, csv }) => (customers === undefined) !== (csv === undefined), {
      error: 'expected customers, or a CSV file',
      path: ['customers'],
    }),
  response: one(
    z.strictObject({ dry_run: z.boolean(), rows: z.int(), errors: z.array(rowError), would: counts }),
  ),
  async handle({ query, body, meta }, { ledger, jobDeps: { personal } }) {
    const dryRun = body.dry_run ?? query.dry_run ?? false;
    const {
      items,
      errors: found,
      rows,
    } = body.csv === undefined ? jsonItems(body.customers ?? []) : csvItems(body.csv);
    const file = { items, errors: found, dryRun };
    const { errors, counts: would } = await importCustomers({ ledger, personal }, file, meta);
    if (errors.length > 0 && !dryRun)
      throw new Refused(
        refuse('invalid-input', `the file has ${errors.length} errors; nothing was written`, { errors }),
      );
    return { body: { data: { dry_run: dryRun, rows, errors, would } }, position: await ledger.position() };
  },
});

/** The import of a running business (spec 18). */
export const customerImportRoutes = [importCustomersRoute];
