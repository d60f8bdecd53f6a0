import { z } from 'zod';
import { addonsRoute, plansRoute } from '../../http/routes/catalog.ts';
import { listWhatIfsRoute } from '../../http/routes/what-if.ts';
import { askWhatIf } from '../actions/what-if.ts';
import type { AnswerOf } from '../answer-of.ts';
import { definePage } from '../page.ts';
import { ActionForm } from '../parts/form.tsx';
import { Live } from '../parts/live.tsx';
import { Empty, Progress } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { Instant, Money, monthName } from '../parts/values.tsx';
import { useView } from '../view-context.ts';
import { Overrides } from './overrides.tsx';

type WhatIfs = AnswerOf<typeof listWhatIfsRoute>;
type WhatIf = WhatIfs['data'][number];

/** `2026-05-09` is in the month after `2026-04`. */
function monthBefore(day: string): string {
  const no = Number.parseInt(day.slice(0, 4), 10) * 12 + Number.parseInt(day.slice(5, 7), 10) - 2;
  return `${String(Math.floor(no / 12)).padStart(4, '0')}-${String((no % 12) + 1).padStart(2, '0')}`;
}

/** Months in words: one, or from the first to the last. */
export const monthsText = (periods: readonly string[]): string => {
  const [first = '', last = ''] = [periods[0], periods.at(-1)];
  if (periods.length === 1) return monthName(first);
  const from = first.slice(0, 4) === last.slice(0, 4) ? monthName(first).slice(0, -5) : monthName(first);
  return `${from} to ${monthName(last)}`;
};

const optionsOf = (rows: readonly { code: string; name: string }[]) => [
  { value: '', label: '–' },
  ...rows.map(({ code, name }) => ({ value: code, label: name })),
];

/** What months would have come to under other prices: the form, and what was asked before. */
export const whatIfPage = definePage({
  path: '/console/what-if',
  access: 'admin',
  nav: { group: 'Catalog', label: 'What if' },
  query: z.strictObject({
    plan: z.string().optional(),
    terms_of_version: z.string().optional(),
    addon: z.string().optional(),
    period: z.string().optional(),
    cursor: z.string().optional(),
  }),
  async load({ ask, query: { cursor } }) {
    const [plans, addons, list] = await Promise.all([
      ask(plansRoute, { query: { limit: '500' } }),
      ask(addonsRoute, { query: { limit: '500' } }),
      ask(listWhatIfsRoute, { query: { limit: '20', cursor } }),
    ]);
    return { plans: plans.data, addons: addons.data, list };
  },
  title: () => 'What if',
  view: ({ plans, addons, list }, { query, today }) => {
    const planOptions = optionsOf(plans);
    return (
      <>
        <PageHead
          title="What if"
          lead="Computes ended months, and the running one with its usage so far, twice from the same facts: as they are, and under other terms for those who hold them. Nothing live changes."
        >
          <a class="button" href="/console/catalog">
            Catalog
          </a>
        </PageHead>
        <ActionForm
          action={askWhatIf}
          values={{
            month: query.period ?? monthBefore(today),
            plans:
              query.plan === undefined
                ? []
                : [{ code: query.plan, terms_of_version: query.terms_of_version ?? '' }],
            addons: query.addon === undefined ? [] : [{ code: query.addon }],
          }}
          options={{
            'plans.code': planOptions,
            'items.plan': planOptions,
            'addons.code': optionsOf(addons),
          }}
        >
          <p>It runs in the background; its page shows how far it is. The result is kept for 90 days.</p>
        </ActionForm>
        <Earlier list={list} />
      </>
    );
  },
});

const columns: readonly Column<WhatIf>[] = [
  { key: 'months', label: 'Months', wraps: true, cell: ({ periods }) => monthsText(periods) },
  {
    key: 'terms',
    label: 'Under which terms',
    wraps: true,
    cell: ({ overrides }) => <Overrides overrides={overrides} />,
  },
  {
    key: 'before',
    minor: 'tablet',
    label: 'As it is',
    align: 'end',
    cell: ({ before }) => <Money cents={before.total_cents} />,
  },
  {
    key: 'after',
    minor: 'tablet',
    label: 'Under them',
    align: 'end',
    cell: ({ after }) => <Money cents={after.total_cents} />,
  },
  {
    key: 'delta',
    label: 'Difference',
    align: 'end',
    cell: ({ delta_cents }) => <Money cents={delta_cents} signed />,
  },
  { key: 'asked', minor: true, label: 'Asked (UTC)', cell: ({ created_at }) => <Instant at={created_at} /> },
  { key: 'by', minor: 'tablet', label: 'By', cell: ({ actor }) => actor },
];

function Earlier({ list }: { list: WhatIfs }) {
  const { currency } = useView();
  return (
    <Section title="Asked before" id="before">
      <Live id="under-way" quiet running={list.under_way.length > 0}>
        {list.under_way.map(({ id, asked, done, total }) => (
          <p>
            <a href={`/console/what-if/${id}`}>{monthsText(asked.periods ?? [asked.period ?? ''])}</a>
            <Progress label="Months" done={done} of={total === 0 ? null : total} />
          </p>
        ))}
      </Live>
      <DataTable
        caption={`What-ifs of 90 days, with tax, ${currency}`}
        columns={columns}
        rows={list.data}
        rowKey={({ id }) => id}
        href={({ id }) => `/console/what-if/${id}`}
        nextCursor={list.next_cursor}
        empty={<Empty title="Nothing was asked in the last 90 days." />}
      />
    </Section>
  );
}
