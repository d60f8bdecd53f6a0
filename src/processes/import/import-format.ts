import { z } from 'zod';
import { customerFields } from '../../../commands/parties/customer-fields.ts';
import { slugForm } from '../../../commands/deployments/new-deployment.ts';

const id = z.string().min(1).max(200);

const day = z.iso
  .date('expected a date that exists, YYYY-MM-DD')
  .refine((text) => text >= '2000-01-01' && text <= '2100-12-31', {
    error: 'expected a date from 2000 to 2100',
  });

const addon = z.strictObject({
  code: id,
  packs: z.int().min(1).default(1),
  price_cents: z.int().min(0),
  since: day.optional(),
});

const subscription = z.strictObject({
  plan_code: id,
  version: z.int().min(1).optional(),
  starts_on: day,
  billed_from: day.optional(),
  addons: z.array(addon).max(100).default([]),
});

const deployment = z.strictObject({
  slug: id.regex(slugForm, 'expected lower-case letters, digits and hyphens'),
  display_name: z.string().min(1).max(500),
  region: id.nullable().default(null),
  state: z.enum(['active', 'trial']).default('active'),
  subscription: subscription.nullable().default(null),
});

const opening = z.strictObject({ amount_cents: z.int(), on: day, currency: z.string().optional() });

/** What an item of a file has beside the fields of a profile. */
const moved = z.strictObject({
  tenant_id: id,
  deployments: z.array(deployment).max(1000).default([]),
  opening_balance: opening.nullable().default(null),
});

/** A customer as a file describes it. */
export type ImportedCustomer = z.output<typeof moved> & { profile: z.output<typeof customerFields> };

/** What is wrong with a row: its number in the file from 1, and the path of the field. */
export interface RowError {
  row: number;
  path: string;
  message: string;
}

/** An item of a file, and the row that each of its deployments is in. */
export interface ImportItem {
  row: number;
  deployment_rows: readonly number[];
  content: unknown;
}

const movedFields = ['tenant_id', 'deployments', 'opening_balance'];

/** Reads an item. @returns the customer, or every field that is wrong */
export function readItem({ row, deployment_rows, content }: ImportItem): ImportedCustomer | RowError[] {
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    return [{ row, path: '', message: 'expected an object' }];
  const fields = Object.entries(content);
  const ofMove = fields.filter(([name]) => movedFields.includes(name));
  const ofProfile = fields.filter(([name]) => !movedFields.includes(name));
  const move = moved.safeParse(Object.fromEntries(ofMove));
  const profile = customerFields.safeParse(Object.fromEntries(ofProfile));
  if (move.success && profile.success) return { ...move.data, profile: profile.data };
  const issues = [...(move.error?.issues ?? []), ...(profile.error?.issues ?? [])];
  return issues.flatMap((issue) => {
    const [first, index] = issue.path;
    const at = first === 'deployments' && typeof index === 'number' ? deployment_rows[index] : undefined;
    const names = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
    return names.map((name) => ({
      row: at ?? row,
      path: [...issue.path, ...(name === undefined ? [] : [name])].join('.'),
      message: name === undefined ? issue.message : 'unknown field',
    }));
  });
}
