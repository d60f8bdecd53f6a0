import { z } from 'zod';
import type { BackgroundRun } from '../../database/background-run-store.ts';
import { checkWhatIf, whatIf, whatIfId } from '../../invoicing/what-if.ts';
import { findWhatIf, listWhatIfs } from '../../invoicing/what-if-store.ts';
import { foundOr404 } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { centsSchema, daySchema, instantSchema, list, one, pageQuery } from '../schemas.ts';
import { backgroundRunAnswer, showBackgroundRun } from './background-answer.ts';
import { figuresOfMargin, fxAnswer, notBillableAnswer } from './margin-answer.ts';
import { overridesSchema, whatIfRequest } from './what-if-request.ts';

const tag = 'what-if';
/** The most what-ifs under way that are looked for among the latest. */
const mostUnderWay = 50;

const total = z.strictObject({ total_cents: centsSchema });
const figures = z.strictObject(figuresOfMargin).meta({ id: 'MarginFigures' });
const marginSides = { before: figures, after: figures };
const margin = { currency: z.string(), unattributed_cents: centsSchema, issued: figures, ...marginSides };
const sides = { before_cents: centsSchema, after_cents: centsSchema, delta_cents: centsSchema };
const totals = { before: total, after: total, issued: total, delta_cents: centsSchema };

const line = z.strictObject({
  deployment_id: z.string().nullable(),
  kind: z.enum(['plan_base', 'addon', 'overage', 'llm_usage', 'charge', 'tax']),
  resource_kind: z.string().nullable(),
  ...sides,
});

const tenant = z
  .strictObject({
    tenant_id: z.string(),
    ...sides,
    issued_cents: centsSchema.nullable(),
    margin: z.strictObject(marginSides).nullable(),
    affected: z.array(z.string()),
    grandfathered: z.array(z.string()),
    lines: z.array(line),
  })
  .meta({ id: 'WhatIfTenant' });

const month = {
  period: daySchema,
  ended: z.boolean(),
  ...totals,
  margin: z.strictObject({ ...margin, fx: fxAnswer }).nullable(),
  margin_unavailable: z.string().nullable(),
  subscriptions: z.strictObject({ affected: z.int(), grandfathered: z.int(), untouched: z.int() }),
  not_billable: notBillableAnswer,
  tenants: z.array(tenant),
};

const head = {
  id: z.string(),
  created_at: instantSchema,
  inputs_position: z.int(),
  overrides: overridesSchema,
};

const ofMonth = z.strictObject({ ...head, ...month });
const ofMonths = z.strictObject({
  ...head,
  ...totals,
  margin: z.strictObject(margin).nullable(),
  tenants: z.array(z.strictObject({ tenant_id: z.string(), ...sides, issued_cents: centsSchema.nullable() })),
  periods: z.array(z.strictObject(month)),
});
/** One that is computed in the background, until its result is there: `done` of `total` months. */
const underWay = z
  .strictObject({
    ...backgroundRunAnswer,
    asked: z.strictObject({
      period: daySchema.optional(),
      periods: z.array(daySchema).optional(),
      overrides: overridesSchema,
    }),
  })
  .meta({ id: 'WhatIfRun' });
const result = z.union([ofMonth, ofMonths, underWay]).meta({ id: 'WhatIf' });

type UnderWay = z.output<typeof underWay>;

function showUnderWay(run: BackgroundRun): UnderWay {
  return { ...showBackgroundRun(run), asked: run.input as UnderWay['asked'] };
}

/** A what-if by `POST what-if`: answered when it is computed, or at once with `async`. */
export const createWhatIfRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/what-if',
  tag,
  summary: 'What months would come to under another catalog or tax',
  description: [
    'Computes a month (`period`), or several at once (`periods`), twice from the same inputs: as it is, and',
    'with the overrides in place of what subscribers hold. Nothing live changes; the result is kept.',
    "A plan's override concerns every version of it, or `version` alone; `terms_of_version` takes all terms",
    "of another version, such as a draft, and the other members come on top. An addon's concerns every",
    'snapshot. One that names what the catalog does not have is a 422 with its path.',
    "Totals include tax, margins don't. `before` is computed anew; `issued` is what tenants were invoiced. A",
    'subscription is `affected` when it held, on a day of the month, terms that are replaced, and',
    '`grandfathered` when its plan is named but the versions that it held keep their terms.',
    'The running month is taken with its usage so far, as in the accrual. With `periods` the answer has each',
    'month under `periods`, and their sums beside it. With `async: true` it answers 202 at once, and',
    '`GET what-if/:id` shows how far it has come, then the result.',
  ].join(' '),
  access: 'admin',
  heavy: true,
  body: whatIfRequest,
  response: one(result),
  status: [201, 202],
  async handle({ body: { async: inBackground, ...asked }, meta }, { ledger, sql, jobDeps, background }) {
    const { tax } = jobDeps;
    if (!inBackground) return { body: { data: await whatIf({ ledger, sql, tax }, asked, meta) } };
    await checkWhatIf({ ledger }, asked);
    const months = asked.periods?.length ?? 1;
    const started = await background.start(
      { id: whatIfId(asked, meta), kind: 'what-if', actor: meta.actor.sub, input: asked },
      async ({ onStep }) => {
        // The deadline of the request is not that of the work.
        await whatIf({ ledger: jobDeps.ledger, sql, tax }, asked, meta, (done) => {
          onStep('months', done, months);
        });
        return { summary: null, result: null };
      },
    );
    return { body: { data: showUnderWay(foundOr404(started, 'what-if')) }, status: 202 };
  },
});

/** What-ifs that were answered, without their tenants; and those that are being computed. */
export const listWhatIfsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/what-if',
  tag,
  summary: 'What-ifs of the last 90 days, latest first, and those that are being computed',
  access: 'admin',
  query: z.strictObject({ ...pageQuery }),
  response: list(
    z.strictObject({
      id: z.string(),
      actor: z.string(),
      created_at: instantSchema,
      overrides: overridesSchema,
      periods: z.array(daySchema),
      before: total,
      after: total,
      delta_cents: centsSchema,
    }),
  ).extend({ under_way: z.array(underWay) }),
  async handle({ page: { after, limit, of } }, { ledger, sql, background }) {
    const rows = await listWhatIfs(sql, {
      now: ledger.now(),
      after: after(z.tuple([instantSchema, z.string()])),
      limit: limit + 1,
    });
    const latest = await background.list('what-if', { after: null, limit: mostUnderWay });
    const under_way = latest.filter(({ status }) => status === 'running').map(showUnderWay);
    return { body: { ...of(rows, ({ created_at, id }) => [created_at, id]), under_way } };
  },
});

/** One what-if, or how far it has come. */
export const whatIfRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/what-if/:id',
  tag,
  summary: 'A what-if as it was answered, for 90 days; before that, how far it has come',
  access: 'admin',
  response: one(result),
  async handle({ params: { id } }, { ledger, sql, background }) {
    const kept = await findWhatIf(sql, id, ledger.now());
    if (kept !== null) return { body: { data: kept } };
    const run = foundOr404(await background.find('what-if', id), 'what-if');
    // One that has just completed has its result by now; an old one has lost it.
    if (run.status !== 'completed') return { body: { data: showUnderWay(run) } };
    return { body: { data: foundOr404(await findWhatIf(sql, id, ledger.now()), 'what-if') } };
  },
});

/** What-ifs (spec 13). */
export const whatIfRoutes = [createWhatIfRoute, listWhatIfsRoute, whatIfRoute];
