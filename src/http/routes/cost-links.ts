import { z } from 'zod';
import { freshMeta } from '../../ledger/fresh-meta.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import {
  linkLine,
  unlinkLine,
  type LineAt,
  type LinkedLineResult,
} from '../../processes/ingestion/link-line.ts';
import { defineRoute } from '../route.ts';
import { idSchema, one, reasonSchema } from '../schemas.ts';
import { costLine } from './cost-line-answer.ts';

/** The line that the id of a cost line names: the invoice's uuid, a colon, the line's number. */
function lineAt(id: string): LineAt {
  const [, invoice_uuid, line_no] = /^(.+):([1-9]\d{0,8})$/.exec(id) ?? [];
  if (invoice_uuid === undefined || line_no === undefined)
    throw new Refused(refuse('not-found', `there is no cost line ${id}`));
  return { invoice_uuid, line_no: Number(line_no) };
}

const answer = ({ line, position }: LinkedLineResult) => ({ body: { data: line }, position });

const link = defineRoute({
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
  async handle({ params, body, meta }, { jobDeps: { ledger } }) {
    const input = { ...lineAt(params.id), ...body };
    return answer(await linkLine(ledger, input, () => freshMeta(ledger, meta)));
  },
});

const unlink = defineRoute({
  method: 'DELETE',
  path: '/api/v1/billing/cost-lines/:id/link',
  tag: 'billing',
  summary: 'Give a cost line that was linked by hand back to the matching',
  description: 'It is matched by the inventory as it is now. A line without a link stays as it is.',
  access: 'admin',
  params: z.strictObject({ id: idSchema }),
  body: z.strictObject({ reason: reasonSchema.optional() }),
  response: one(costLine),
  async handle({ params, body, meta }, { jobDeps: { ledger } }) {
    const done = await unlinkLine(ledger, { ...lineAt(params.id), reason: body.reason ?? null }, () =>
      freshMeta(ledger, meta),
    );
    return answer(done);
  },
});

/** Links of cost lines by hand (spec 4). */
export const costLinkRoutes = [link, unlink];
