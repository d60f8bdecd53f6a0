import { z } from 'zod';
import { listTemplates, versionsOfTemplate } from '../../../projections/catalog/template-queries.ts';
import { commands } from '../../processes/commands.ts';
import { llmModeNames } from '../../pricing/llm-modes.ts';
import { Refused, refuse } from '../../ledger/refusal.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import { idSchema, list, one, pageQuery } from '../schemas.ts';

/** The version of a template in a request: a text, or a JSON number that is made one. */
export const templateVersionSchema = z
  .preprocess((value) => (typeof value === 'number' ? String(value) : value), idSchema)
  .meta({ type: ['string', 'number'] });

const wantedSpecAnswer = z.object({
  kind: z.string(),
  size_slug: z.string().nullable(),
  region: z.string().nullable(),
  count: z.int(),
});

const terms = z.object({
  version: z.string(),
  plan_code: z.string(),
  addons: z.array(z.string()),
  llm_mode: z.enum(llmModeNames),
  specs: z.array(wantedSpecAnswer),
});
const versionRow = terms.extend({ defined_at: z.string() });
const templateRow = versionRow.extend({ code: z.string() });

/** Defines a version of a template. */
export const defineTemplateRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/templates',
  tag: 'catalog',
  summary: 'Define a version of a template: a plan with addons, and the resources that are wanted',
  description:
    'A version never changes: with equal content it adds nothing, with other content it is a 409. The plan ' +
    'needs an active version. `kind` is the kind of a resource in the inventory. Where `size_slug` or ' +
    '`region` is null, any is right. Each kind, size and region stands once, with its `count`.',
  access: 'admin',
  body: z.strictObject({
    code: idSchema,
    version: templateVersionSchema,
    plan_code: idSchema,
    addons: z.array(idSchema).max(500).default([]),
    llm_mode: z.enum(llmModeNames).default('none'),
    specs: z
      .array(
        z.strictObject({
          kind: idSchema,
          size_slug: idSchema.nullable(),
          region: idSchema.nullable().default(null),
          count: z.int().min(1).max(1000),
        }),
      )
      .max(100)
      .default([]),
  }),
  response: one(terms.extend({ code: z.string() })),
  status: 201,
  handle: ({ body, meta }, { ledger }) =>
    answerCommand(ledger, commands.defineTemplate, body, meta, (defined) => {
      if (defined === null) throw new Error('a template lacks the version that was defined');
      return defined as z.output<typeof templateRow>;
    }),
});

/** Templates by code. */
export const listTemplatesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/templates',
  tag: 'catalog',
  summary: 'The newest version of each template',
  access: 'tenant',
  query: z.strictObject({ ...pageQuery, code: idSchema.optional() }),
  response: list(templateRow),
  async handle({ query: { code }, page: { after, limit, of } }, { ledger }) {
    const last = after(z.tuple([z.string()]));
    const rows = await ledger.query((db) =>
      listTemplates(db, { code, after: last?.[0] ?? null, limit: limit + 1 }),
    );
    return { body: of(rows as z.output<typeof templateRow>[], (row) => [row.code]) };
  },
});

/** A template with its versions. */
export const templateRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/templates/:code',
  tag: 'catalog',
  summary: 'A template with its versions in the order in which they were defined',
  access: 'tenant',
  response: one(z.object({ code: z.string(), latest_version: z.string(), versions: z.array(versionRow) })),
  async handle({ params: { code } }, { ledger }) {
    const rows = await ledger.query((db) => versionsOfTemplate(db, code));
    const latest = rows.at(-1);
    if (latest === undefined) throw new Refused(refuse('not-found', 'there is no such template'));
    const versions = rows.map(({ code: _code, ...row }) => row as z.output<typeof versionRow>);
    return { body: { data: { code, latest_version: latest.version, versions } } };
  },
});

/** Templates of deployments (spec 19). */
export const templateRoutes = [defineTemplateRoute, listTemplatesRoute, templateRoute];
