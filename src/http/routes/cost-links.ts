import { z } from 'zod';
import { costLineAt } from '../../../projections/costs/cost-line-queries.ts';
import { namesOfResources } from '../../../projections/inventory/attribution-queries.ts';
import { unmatchedReasons, type CostLineMatch } from '../../events/costs.ts';
import { marginChange } from '../../invoicing/margin-change.ts';
import { freshMeta } from '../../ledger/fresh-meta.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import {
  lineWithoutLink,
  linkLine,
  unlinkLine,
  type LineAt,
  type LinkedLineResult,
} from '../../processes/ingestion/link-line.ts';
import { borneLines } from '../../invoicing/borne-lines.ts';
import { foundOr404 } from '../caller.ts';
import type { Deps } from '../deps.ts';
import { defineRoute } from '../route.ts';
import { idSchema, one, reasonSchema } from '../schemas.ts';
import { costLine, showCostLine } from './cost-line-answer.ts';
import { marginChangeAnswer } from './margin-change-answer.ts';

/** The line that the id of a cost line names: the invoice's uuid, a colon, the line's number. */
function lineAt(id: string): LineAt {
  const [, invoice_uuid, line_no] = /^(.+):([1-9]\d{0,8})$/.exec(id) ?? [];
  if (invoice_uuid === undefined || line_no === undefined)
    throw new Refused(refuse('not-found', `there is no cost line ${id}`));
  return { invoice_uuid, line_no: Number(line_no) };
}

async function answer({ line, position }: LinkedLineResult, { ledger, currency }: Deps) {
  const [shown = null] = await ledger.readLatest((db) => borneLines(db, [line], currency));
  return { body: { data: showCostLine(foundOr404(shown, 'cost line')) }, position };
}

export const linkRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/billing/cost-lines/:id/link',
  tag: 'billing',
  summary: 'Link a cost line to a resource by hand, or to none',
  description:
    '`resource_id` null says that the line is for no resource. The link holds when the invoice is ingested ' +
    'again, also where the line has another number then. 404 for a line of no ingested invoice, ' +
    '422 for a resource that is not known and for a line that is tax. The answer is the line as it is then.',
  access: 'admin',
  params: z.strictObject({ id: idSchema }),
  body: z.strictObject({ resource_id: idSchema.nullable(), reason: reasonSchema }),
  response: one(costLine),
  async handle({ params, body, meta }, deps) {
    const { ledger } = deps.jobDeps;
    const input = { ...lineAt(params.id), ...body };
    return answer(await linkLine(ledger, input, () => freshMeta(ledger, meta)), deps);
  },
});

export const unlinkRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/billing/cost-lines/:id/link',
  tag: 'billing',
  summary: 'Give a cost line that was linked by hand back to the matching',
  description: 'It is matched by the inventory as it is now. A line without a link stays as it is.',
  access: 'admin',
  params: z.strictObject({ id: idSchema }),
  body: z.strictObject({ reason: reasonSchema.optional() }),
  response: one(costLine),
  async handle({ params, body, meta }, deps) {
    const { ledger } = deps.jobDeps;
    const done = await unlinkLine(ledger, { ...lineAt(params.id), reason: body.reason ?? null }, () =>
      freshMeta(ledger, meta),
    );
    return answer(done, deps);
  },
});

export const linkPreviewRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/billing/cost-lines/:id/link',
  tag: 'billing',
  summary: 'What a link of a cost line, or the end of one, would change',
  description:
    '`target`: a resource, `none`, or `matching` for what the line would be without a link. The answer is ' +
    'the line as it is, the resource that it would be for (`unmatched_reason` where it would be for none), ' +
    "and the margin of the line's month before and after: overall, and of each tenant and deployment " +
    'that would change. Nothing is recorded.',
  access: 'admin',
  heavy: true,
  params: z.strictObject({ id: idSchema }),
  query: z.strictObject({ target: idSchema }),
  response: one(
    z.strictObject({
      line: costLine,
      resource_id: z.string().nullable(),
      resource: z.strictObject({ kind: z.string(), name: z.string() }).nullable(),
      unmatched_reason: z.enum(unmatchedReasons).nullable(),
      margin: marginChangeAnswer,
    }),
  ),
  async handle({ params, query: { target } }, { ledger, currency, jobDeps: { tax: seedTax } }) {
    const at = lineAt(params.id);
    const match = target === 'matching' ? await lineWithoutLink(ledger, at) : linkedTo(target);
    return {
      body: {
        data: await ledger.read(async (db) => {
          const found = foundOr404(await costLineAt(db, at), 'cost line');
          const [line] = await borneLines(db, [found], currency);
          const { resource_id } = match;
          const names = await namesOfResources(db, resource_id === null ? [] : [resource_id]);
          const resource = resource_id === null ? undefined : names.get(resource_id);
          if (resource_id !== null && resource === undefined) throw unknownResource(resource_id);
          const scope = { period: found.period, currency, seedTax };
          return {
            line: showCostLine(foundOr404(line ?? null, 'cost line')),
            ...match,
            resource: resource === undefined ? null : { kind: resource.kind, name: resource.name },
            margin: await marginChange(db, scope, { line: { ...at, resource_id } }),
          };
        }),
      },
    };
  },
});

type Match = Pick<CostLineMatch, 'resource_id' | 'unmatched_reason'>;

const linkedTo = (to: string): Match =>
  to === 'none'
    ? { resource_id: null, unmatched_reason: 'by-hand' }
    : { resource_id: to, unmatched_reason: null };

const unknownResource = (id: string): Refused =>
  new Refused(
    refuse('unknown-resource', `there is no resource ${id}`, {
      errors: [{ path: 'target', message: 'is unknown' }],
    }),
  );

/** Links of cost lines by hand (spec 4). */
export const costLinkRoutes = [linkPreviewRoute, linkRoute, unlinkRoute];
