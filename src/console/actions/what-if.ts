import { createWhatIfRoute } from '../../http/routes/what-if.ts';
import { defineAction } from '../action.ts';

/** What the form's members are, once they were read. All of them may be missing or of a wrong kind. */
interface Asked {
  month?: string;
  to?: string;
  tax_rate?: string;
  plans?: ({ code?: string } & Record<string, unknown>)[];
  items?: ({ plan?: string; resource_kind?: string } & Record<string, unknown>)[];
  addons?: ({ code?: string } & Record<string, unknown>)[];
}

type Members = Record<string, unknown>;

const monthNo = (period: string): number =>
  Number.parseInt(period.slice(0, 4), 10) * 12 + Number.parseInt(period.slice(5, 7), 10) - 1;
const periodOf = (no: number): string =>
  `${String(Math.floor(no / 12)).padStart(4, '0')}-${String((no % 12) + 1).padStart(2, '0')}`;

/** The months from one to another. The API refuses more than twelve, so no more than thirteen are named. */
function monthsBetween(from: string, to: string): string[] {
  const [first, last] = [monthNo(from), monthNo(to)];
  return Array.from({ length: Math.min(Math.max(last - first + 1, 1), 13) }, (_none, index) =>
    periodOf(first + index),
  );
}

/** The overrides of plans: their rows, and the rows of items under the plan that each names. */
function plansOf({ plans = [], items = [] }: Asked): Record<string, Members> {
  const byCode: Record<string, Members> = {};
  for (const { code = '', ...plan } of plans) byCode[code] = { ...byCode[code], ...plan };
  for (const { plan = '', resource_kind = '', ...item } of items) {
    const known = (byCode[plan] ??= {});
    known['items'] = { ...(known['items'] as Members | undefined), [resource_kind]: item };
  }
  return byCode;
}

/** The body of a what-if from the form's rows. */
export function whatIfBody(members: Members): Members {
  const asked = members as Asked;
  const { month: from, to, tax_rate, addons = [] } = asked;
  const isPeriod = (text: string | undefined): text is string => /^\d{4}-\d{2}$/.test(text ?? '');
  const months =
    isPeriod(from) && isPeriod(to) && to !== from ? { periods: monthsBetween(from, to) } : { period: from };
  const plans = plansOf(asked);
  return {
    ...months,
    overrides: {
      ...(Object.keys(plans).length === 0 ? {} : { plans }),
      ...(addons.length === 0
        ? {}
        : { addons: Object.fromEntries(addons.map(({ code = '', ...addon }) => [code, addon])) }),
      ...(tax_rate === undefined ? {} : { tax_rate }),
    },
    async: true,
  };
}

/** The field of the form that a member of the body came from: the row that named the plan, item or addon. */
export function whatIfField(path: string, members: Members): string {
  const { plans = [], items = [], addons = [] } = members as Asked;
  const row = (name: string, at: number, rest: string): string | null =>
    at === -1 ? null : `${name}.${at}.${rest}`;
  if (path === 'period' || path.startsWith('periods')) return path === 'period' ? 'month' : 'to';
  if (path === 'overrides.tax_rate') return 'tax_rate';
  for (const [at, { plan = '', resource_kind = '' }] of items.entries()) {
    const item = `overrides.plans.${plan}.items.${resource_kind}`;
    if (path === item) return `items.${at}.resource_kind`;
    if (path.startsWith(`${item}.`)) return `items.${at}.${path.slice(item.length + 1)}`;
  }
  // The code of a plan or addon may hold no dot.
  const [, kind = '', code = '', rest = 'code'] =
    /^overrides\.(plans|addons)\.([^.]*)(?:\.(.+))?$/.exec(path) ?? [];
  const isOf = (named: { code?: string }): boolean => (named.code ?? '') === code;
  if (kind === 'addons') return row('addons', addons.findIndex(isOf), rest) ?? path;
  if (kind !== 'plans') return path;
  const ofItem = items.findIndex(({ plan = '' }) => plan === code);
  return row('plans', plans.findIndex(isOf), rest) ?? row('items', ofItem, 'plan') ?? path;
}

/** Computes months under other terms. Nothing live changes. */
export const askWhatIf = defineAction({
  name: 'ask-what-if',
  route: createWhatIfRoute,
  title: 'What if',
  submit: 'Compute',
  fields: [
    { name: 'month', label: 'Month', kind: 'period', required: true },
    { name: 'to', label: 'To', kind: 'period', hint: 'For several months: up to twelve.' },
    {
      name: 'plans',
      label: 'Plans',
      kind: 'rows',
      blank: 1,
      hint: 'Of one version, or of all. The terms of another version, such as a draft, come first.',
      fields: [
        { name: 'code', label: 'Plan', kind: 'select' },
        { name: 'version', label: 'Of version', kind: 'integer', placeholder: 'all' },
        { name: 'terms_of_version', label: 'Terms of version', kind: 'integer' },
        { name: 'base_price_cents', label: 'Base a month', kind: 'money' },
      ],
    },
    {
      name: 'items',
      label: 'Items of plans',
      kind: 'rows',
      blank: 2,
      hint: 'What is included, and what comes on top.',
      fields: [
        { name: 'plan', label: 'Plan', kind: 'select' },
        { name: 'resource_kind', label: 'Billing kind', kind: 'text', placeholder: 'droplet_hours' },
        { name: 'included_qty', label: 'Included', kind: 'decimal' },
        { name: 'overage_price_cents', label: 'A unit more', kind: 'money' },
        { name: 'hard_cap_qty', label: 'Most on top', kind: 'decimal' },
      ],
    },
    {
      name: 'addons',
      label: 'Addons',
      kind: 'rows',
      blank: 1,
      fields: [
        { name: 'code', label: 'Addon', kind: 'select' },
        { name: 'price_cents', label: 'A pack a month', kind: 'money' },
      ],
    },
    {
      name: 'tax_rate',
      label: 'Tax rate',
      kind: 'decimal',
      placeholder: '0.10',
      hint: '0.10 is ten percent.',
    },
  ],
  body: whatIfBody,
  fieldOf: whatIfField,
  done: ({ data }) => ({ text: 'It is being computed.', to: `/console/what-if/${data.id}` }),
});
