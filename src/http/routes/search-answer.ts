/** What a search answers: found objects of all kinds in one form. */
import { z } from 'zod';
import { issueNumber } from '../../events/document-number.ts';
import type { SearchFound } from '../../processes/search/search.ts';
import { centsSchema } from '../schemas.ts';

/** The kinds of objects that a search finds, in the order of the answer. */
export const searchKinds = [
  'customer',
  'deployment',
  'invoice',
  'credit_note',
  'debit_note',
  'payment',
  'resource',
  'plan',
  'provider_invoice',
  'cost_line',
] as const;

/** An object that was found. */
export const searchHit = z.strictObject({
  kind: z.enum(searchKinds),
  id: z.string(),
  tenant_id: z.string().nullable(),
  title: z.string(),
  detail: z.string(),
  amount_cents: centsSchema.nullable(),
  currency: z.string().nullable(),
});
type Hit = z.output<typeof searchHit>;

const joined = (...parts: (string | null | undefined | false)[]): string =>
  parts.filter((part) => typeof part === 'string' && part !== '').join(' · ');

const words = (code: string): string => code.replaceAll('_', ' ');
const month = (day: string): string => day.slice(0, 7);
const noMoney = { amount_cents: null, currency: null };

function parties({ customers, deployments }: SearchFound): Hit[] {
  return [
    ...customers.map(({ tenant_id, legal_name, trading_name }): Hit => ({
      kind: 'customer',
      id: tenant_id,
      tenant_id,
      title: legal_name ?? tenant_id,
      detail: joined(legal_name !== null && tenant_id, trading_name !== legal_name && trading_name),
      ...noMoney,
    })),
    ...deployments.map(({ id, tenant_id, slug, display_name, state, region }): Hit => ({
      kind: 'deployment',
      id,
      tenant_id,
      title: display_name,
      detail: joined(tenant_id, slug, words(state), region),
      ...noMoney,
    })),
  ];
}

function documents({ invoices, notes, payments }: SearchFound): Hit[] {
  return [
    ...invoices.map(({ number, issue_no, period_start, status, ...row }): Hit => {
      const { id, tenant_id, amount_cents, currency } = row;
      const title = number === null ? `Invoice of ${month(period_start)}` : issueNumber(number, issue_no);
      const detail = joined(tenant_id, month(period_start), words(status));
      return { kind: 'invoice', id, tenant_id, title, detail, amount_cents, currency };
    }),
    ...notes.map(({ number, kind, reason, period_start, ...row }): Hit => {
      const { id, tenant_id, amount_cents, currency } = row;
      const what = kind === 'credit_note' ? 'credit_note' : 'debit_note';
      const title = number ?? (what === 'credit_note' ? 'Credit note' : 'Debit note');
      const detail = joined(tenant_id, month(period_start), reason);
      return { kind: what, id, tenant_id, title, detail, amount_cents, currency };
    }),
    ...payments.map(({ method, received_on, reversed_on, ...row }): Hit => {
      const { id, tenant_id, amount_cents, currency } = row;
      const detail = joined(tenant_id, words(method), reversed_on !== null && 'reversed');
      const title = `Payment of ${received_on}`;
      return { kind: 'payment', id, tenant_id, title, detail, amount_cents, currency };
    }),
  ];
}

function mirrored({ resources, plans }: SearchFound): Hit[] {
  return [
    ...resources.map(({ id, tenant_id, name, kind, size_slug, region, status }): Hit => ({
      kind: 'resource',
      id,
      tenant_id,
      title: name,
      detail: joined(tenant_id, words(kind), size_slug, region, status),
      ...noMoney,
    })),
    ...plans.map(({ code, name, active_version, base_price_cents, currency }): Hit => ({
      kind: 'plan',
      id: code,
      tenant_id: null,
      title: name,
      detail: joined(code, active_version === null ? 'not published' : `version ${active_version}`),
      amount_cents: base_price_cents,
      currency,
    })),
  ];
}

function costs({ provider_invoices, cost_lines }: SearchFound): Hit[] {
  return [
    ...provider_invoices.map(({ uuid, invoice_id, period, status, amount_cents, currency }): Hit => {
      const title = `Provider invoice of ${month(period)}`;
      const detail = joined(invoice_id ?? uuid, words(status));
      return { kind: 'provider_invoice', id: uuid, tenant_id: null, title, detail, amount_cents, currency };
    }),
    ...cost_lines.map(({ id, description, product, period, amount_cents, currency }): Hit => {
      const detail = joined(product, month(period));
      return { kind: 'cost_line', id, tenant_id: null, title: description, detail, amount_cents, currency };
    }),
  ];
}

/**
 * What was found, at most so many of a kind, and the kinds of which there is more.
 * @param found with one more of a kind than is shown, where there is more
 */
export function showFound(found: SearchFound, most: number): { results: Hit[]; more: Hit['kind'][] } {
  const hits = [...parties(found), ...documents(found), ...mirrored(found), ...costs(found)];
  const byKind = searchKinds.map((kind) => hits.filter((hit) => hit.kind === kind));
  return {
    results: byKind.flatMap((some) => some.slice(0, most)),
    more: searchKinds.filter((_kind, at) => (byKind[at]?.length ?? 0) > most),
  };
}
