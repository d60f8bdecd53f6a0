import { z } from 'zod';
import { listCostSharingRoute, sharedKinds, sharingPreviewRoute } from '../../http/routes/cost-sharing.ts';
import { setCostSharing } from '../actions/costs.ts';
import { inventoryWords } from '../inventory-words.ts';
import { ruleWords } from '../rule-words.ts';
import { definePage } from '../page.ts';
import { EventsLink } from '../parts/events-link.tsx';
import { ActionForm } from '../parts/form.tsx';
import { GetField } from '../parts/get-form.tsx';
import { MarginChange } from '../parts/margin-change.tsx';
import { Empty } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { Day, Instant } from '../parts/values.tsx';

type Rule = z.output<typeof listCostSharingRoute.response>['data'][number];

/** A box for each kind: `kind_droplet=on`. */
const kindParameters = Object.fromEntries(
  sharedKinds.map((kind) => [`kind_${kind}`, z.string().optional()]),
) as Record<`kind_${(typeof sharedKinds)[number]}`, z.ZodOptional<z.ZodString>>;

/** The chosen kinds as the API has them; undefined where none is chosen, which is all. */
function kindsOf(query: Readonly<Record<string, string | undefined>>): string | undefined {
  const chosen = sharedKinds.filter((kind) => query[`kind_${kind}`] === 'on');
  return chosen.length === 0 ? undefined : chosen.join(',');
}

/** How costs of no tenant are spread, and what another rule would make of a month. */
export const costSharingPage = definePage({
  path: '/console/cost-sharing',
  within: '/console/costs',
  access: 'admin',
  query: z.strictObject({
    rule: z.string().optional(),
    ...kindParameters,
    tax_is_cost: z.string().optional(),
    period: z.string().optional(),
    sort: z.string().optional(),
    cursor: z.string().optional(),
  }),
  async load({ ask, query }) {
    const { rule, tax_is_cost, period } = query;
    const kinds = kindsOf(query);
    const [rules, preview] = await Promise.all([
      ask(listCostSharingRoute, { query: { cursor: query.cursor, limit: '100' } }),
      rule === undefined || rule === ''
        ? null
        : ask(sharingPreviewRoute, { query: { rule, kinds, tax_is_cost, period } }),
    ]);
    return { rules, preview: preview?.data ?? null };
  },
  title: () => 'Shared cost',
  view: ({ rules, preview }, { query }) => (
    <>
      <PageHead
        title="Shared cost"
        lead="Costs of no tenant can be spread over the tenants with a subscription in force."
        crumbs={[{ label: 'Costs', href: '/console/costs' }]}
      >
        <EventsLink stream="cost-sharing" />
      </PageHead>
      <Section title="The rules" note="The rule of the last day of a month holds for all of it.">
        <DataTable
          caption="Every rule that was set, by the day from which it holds"
          columns={columns}
          rows={rules.data}
          rowKey={({ effective_from, recorded_at }) => `${effective_from}-${recorded_at}`}
          nextCursor={rules.next_cursor}
          empty={
            <Empty title="No rule was ever set.">
              <p>Costs of no tenant stay unattributed.</p>
            </Empty>
          }
        />
      </Section>
      <Section title="Another rule" note="Look at what it would make of a month before you set it.">
        <RuleForm query={query} />
        {preview !== null && (
          <ActionForm
            action={setCostSharing}
            values={{
              rule: query.rule,
              kinds: kindsOf(query),
              tax_is_cost: query.tax_is_cost,
              effective_from: preview.period,
            }}
          >
            <MarginChange change={preview} />
            <p>
              Margins of every month from that day on change, those of closed months too. A margin as known at
              an earlier moment stays as it was.
            </p>
          </ActionForm>
        )}
      </Section>
    </>
  ),
});

/** What a rule would be, typed into the address. */
function RuleForm({ query }: { query: Readonly<Record<string, string | undefined>> }) {
  return (
    <form class="form" method="get" action="/console/cost-sharing">
      <div class="fields">
        <GetField
          name="rule"
          label="Spread"
          required
          value={query['rule'] ?? ''}
          options={[
            { value: '', label: 'Choose a rule' },
            ...Object.entries(ruleWords).map(([value, label]) => ({ value, label })),
          ]}
        />
        <GetField name="period" label="Look at the month" type="month" value={query['period'] ?? ''} />
        <GetField
          name="tax_is_cost"
          label="Tax of the provider"
          value={query['tax_is_cost'] ?? ''}
          options={[
            { value: '', label: 'is reclaimed' },
            { value: 'true', label: 'is a cost' },
          ]}
        />
      </div>
      <fieldset>
        <legend>Of which kinds</legend>
        <p class="hint">All of them where none is chosen.</p>
        <div class="checks">
          {sharedKinds.map((kind) => (
            <label class="check">
              <input type="checkbox" name={`kind_${kind}`} checked={query[`kind_${kind}`] === 'on'} />
              {inventoryWords(kind)}
            </label>
          ))}
        </div>
      </fieldset>
      <div class="form-end">
        <button class="button" type="submit">
          See what it would do
        </button>
      </div>
    </form>
  );
}

const columns: readonly Column<Rule>[] = [
  {
    key: 'from',
    label: 'From',
    sort: (one) => one.effective_from,
    cell: (one) => <Day day={one.effective_from} />,
  },
  { key: 'rule', label: 'Spread', cell: ({ rule }) => ruleWords[rule] },
  {
    key: 'kinds',
    label: 'Kinds',
    wraps: true,
    cell: ({ kinds }) => kinds?.map(inventoryWords).join(', ') ?? 'all',
  },
  { key: 'tax', label: 'Tax', cell: (one) => (one.tax_is_cost ? 'is a cost' : 'is reclaimed') },
  {
    key: 'set',
    label: 'Set at (UTC)',
    minor: true,
    sort: (one) => one.recorded_at,
    cell: (one) => <Instant at={one.recorded_at} />,
  },
];
