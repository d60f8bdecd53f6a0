import { createSecretKey, hash, randomUUID } from 'node:crypto';
import express, { type Express } from 'express';
import { expressjwt } from 'express-jwt';
import { z } from 'zod';
import type { Sql } from '../../../src/database/db.ts';

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|\+00:00)$/;
const report = z.strictObject({
  gateway_request_id: z.string().min(1).max(200),
  deployment_id: z.string().min(1).max(200),
  model: z.string().min(1).max(500),
  input_tokens: z.int().min(0),
  output_tokens: z.int().min(0),
  charge_cents: z.string().regex(/^\d{1,15}(\.\d{1,12})?$/),
  occurred_at: z
    .string()
    .regex(instant)
    .refine((text) => !Number.isNaN(Date.parse(text)))
    .overwrite((text) => new Date(text).toISOString()),
});
const batch = z.strictObject({ events: z.array(report).min(1).max(1_000) });
type Report = z.output<typeof report>;

const namespace = Buffer.from('6f0f3d0e5c0f5e0b9a532d3a6f3f7c11', 'hex');

/** The stream of a report, whose name is a uuid of version 5. */
function streamOf(id: string): string {
  const hex = hash('sha1', Buffer.concat([namespace, Buffer.from(JSON.stringify(['llm', id]))]), 'hex');
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) & 3];
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
  ];
  return `llm-${parts.join('-')}-${hex.slice(20, 32)}`;
}

/** A plain decimal without the zeros at its ends. */
const canonical = (text: string): string => {
  const plain = text.replace(/^0+(?=\d)/, '');
  return plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain;
};

const DAY_MS = 86_400_000;

/** Why a report is rejected, or null. */
function reasonFor({ occurred_at, charge_cents }: Report, tenant: string | undefined, now: number) {
  if (tenant === undefined) return 'unknown-deployment';
  if (Number(charge_cents) > 1_000_000) return 'charge-too-large';
  const at = Date.parse(occurred_at);
  if (at > now + 300_000) return 'in-the-future';
  return at < now - 400 * DAY_MS ? 'too-old' : null;
}

interface Row {
  place: number;
  stream: string;
  id: string;
  data: string;
}

/**
 * `POST integrations/llm-usage` as one writes it by hand: express with express-jwt, the body checked by zod,
 * one look-up of the tenants, and one statement that appends the batch, numbered without gaps under a lock.
 * No read model and no hash chain follows.
 * @param tables the names of the journal, with all its keys and indexes, and of the deployments
 */
export function llmUsageByHand(
  sql: Sql,
  { secret, journal, deployments }: { secret: string; journal: string; deployments: string },
): Express {
  const insert = `
    with written as (
      insert into ${journal} (position, stream, revision, id, type, data, metadata, recorded_at)
      select h.head + row_number() over (order by e.n), e.stream, 0, e.id, 'LlmUsageRecorded', e.data::json,
        $4::text::json, $5::timestamptz
      from unnest($1::text[], $2::uuid[], $3::text[]) with ordinality as e(stream, id, data, n),
        (select coalesce(max(position), 0) as head from ${journal}) h
      where not exists (select from ${journal} j where j.stream = e.stream)
      returning 1)
    select count(*)::integer as written from written`;
  const known = `select stream, id, data::text as data from ${journal} where stream = any($1::text[])`;
  const app = express();
  app.set('etag', false).disable('x-powered-by');
  app.use(expressjwt({ secret: createSecretKey(Buffer.from(secret)), algorithms: ['HS512'] }));
  app.use(express.json({ limit: '1mb' }));
  app.post('/api/v1/integrations/llm-usage', async (request, response) => {
    const { auth } = request as unknown as { auth: { sub: string; roles: string[] } };
    if (!auth.roles.includes('service')) return void response.status(403).json({ title: 'forbidden' });
    const parsed = batch.safeParse(request.body);
    if (!parsed.success) return void response.status(422).json({ errors: parsed.error.issues });
    const { events } = parsed.data;
    const ids = [...new Set(events.map(({ deployment_id }) => deployment_id))];
    const found = await sql<{ id: string; tenant_id: string }[]>`
      select id, tenant_id from ${sql(deployments)} where id = any(${ids}::text[])`;
    const tenants = new Map(found.map(({ id, tenant_id }) => [id, tenant_id]));
    const now = Date.now();
    const recordedAt = new Date(now).toISOString();
    const metadata = JSON.stringify({
      actor: { sub: auth.sub, tenant_id: null, roles: auth.roles },
      correlation_id: randomUUID(),
      causation_id: randomUUID(),
      command: 'record-llm-usage',
      schema_version: 1,
      recorded_at: recordedAt,
    });
    const answers: { gateway_request_id: string; status: string; reason: string | null }[] = [];
    const rows = new Map<string, Row>();
    const again: Row[] = [];
    for (const [place, event] of events.entries()) {
      const { gateway_request_id } = event;
      const tenant_id = tenants.get(event.deployment_id);
      const reason = reasonFor(event, tenant_id, now);
      answers.push({ gateway_request_id, status: reason === null ? 'recorded' : 'rejected', reason });
      if (reason !== null) continue;
      const stream = streamOf(gateway_request_id);
      const data = JSON.stringify({ ...event, charge_cents: canonical(event.charge_cents), tenant_id });
      const row = { place, stream, id: randomUUID(), data };
      if (rows.has(stream)) again.push(row);
      else rows.set(stream, row);
    }
    const fresh = [...rows.values()];
    const written = await sql.begin(async (tx) => {
      const [, answer] = await Promise.all([
        tx`select pg_advisory_xact_lock(4712, 1)`,
        tx.unsafe<{ written: number }[]>(
          insert,
          [
            fresh.map(({ stream }) => stream),
            fresh.map(({ id }) => id),
            fresh.map(({ data }) => data),
            metadata,
            recordedAt,
          ],
          { prepare: true },
        ),
      ]);
      return answer[0]?.written;
    });
    if (written !== fresh.length || again.length > 0) {
      const present = await sql.unsafe<Omit<Row, 'place'>[]>(known, [fresh.map(({ stream }) => stream)]);
      const held = new Map(present.map((row) => [row.stream, row]));
      for (const { place, stream, id, data } of [...fresh, ...again]) {
        const row = held.get(stream);
        if (row === undefined || row.id === id) continue;
        const answer = answers[place] as (typeof answers)[number];
        answer.status = row.data === data ? 'duplicate' : 'rejected';
        answer.reason = row.data === data ? null : 'id-reused';
      }
    }
    response.json({ data: answers });
  });
  return app;
}
