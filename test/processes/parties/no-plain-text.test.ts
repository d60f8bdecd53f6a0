import { expect } from 'chai';
import { projections } from '../../../projections/index.ts';
import { connect } from '../../../src/database/connection.ts';
import { quoted } from '../../../src/read-models/quoted-table.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { completeChain } from '../../../src/journal/chain/journal-chain.ts';
import { openEventStore } from '../../../src/journal/eventstoredb/client.ts';
import { exportEvents } from '../../../src/journal/find/export-events.ts';
import { copyToEventStore } from '../../../src/journal/log-copy/copy-to-eventstoredb.ts';
import { rebuildProjections } from '../../../src/read-models/rebuild/rebuild.ts';
import { verifyLedger } from '../../../src/processes/verify-ledger.ts';
import { ok } from '../../support/http/api.ts';
import type { Json } from '../../support/http/api.ts';
import { meter, rollup, seededLedger, subscribed } from '../../support/http/invoices-month.ts';
import { adminToken } from '../../support/http/tokens.ts';
import { startProtocolServer, type ProtocolServer } from '../../support/journal/eventstoredb/index.ts';
import { expectedRows } from '../../support/journal/following.ts';
import type { TestLedger, TestLedgerOptions } from '../../support/ledger/test-ledger.ts';
import { sellerBody } from '../../support/parties/party-bodies.ts';

/** Each text stands nowhere else, so that finding it anywhere is finding the customer. */
const personal = {
  legal_name: 'Quetzalcoatlus Größenwahn 株式会社',
  trading_name: 'Zyzzyva-Handelsname',
  tax_id: '83914571673',
  line: 'Xylographenweg 4711',
  city: 'Wolkenkuckucksheim',
  region: 'Nirgendwoland',
  postcode: 'QX-77193',
  email: 'buchhaltung@quetzalcoatlus.example',
  contact: 'Frau Hippopotamidae',
  po_number: 'BESTELLUNG-90210-X',
  reference: 'Verwendungszweck-Zahlung-5512',
} as const;

const profile = {
  legal_name: personal.legal_name,
  trading_name: personal.trading_name,
  tax_id: personal.tax_id,
  address: {
    lines: [personal.line],
    city: personal.city,
    region: personal.region,
    postcode: personal.postcode,
    country: 'AU',
  },
  emails: { billing: [personal.email] },
  contact: personal.contact,
  po_number: personal.po_number,
};

/** What a text looks like in a column: as it is, escaped in JSON, as bytes in hex, in base64. */
const formsOf = (text: string): string[] => [
  text,
  JSON.stringify(text).slice(1, -1),
  Buffer.from(text).toString('hex'),
  Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1),
];

/** The personal texts that stand in a text, in any form and in capital or small letters. */
function found(text: string): string[] {
  const lower = text.toLowerCase();
  return Object.values(personal).filter((one) =>
    formsOf(one).some((form) => lower.includes(form.toLowerCase())),
  );
}

/** Every place of the database in which a personal text stands, but for the documents that the law keeps. */
async function placesWithPersonalText({ sql }: TestLedger): Promise<string[]> {
  const tables = await sql<{ schema: string; name: string }[]>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`;
  expect(tables.length).to.be.greaterThan(50);
  const places: string[] = [];
  for (const { schema, name } of tables) {
    if (schema === 'public' && name === 'documents') continue;
    const rows = await sql.unsafe<{ row: string }[]>(
      `select to_jsonb(t)::text as row from ${quoted(schema)}.${quoted(name)} as t`,
    );
    for (const { row } of rows)
      for (const text of found(row)) places.push(`${schema}.${name} holds ${text}: ${row.slice(0, 200)}`);
  }
  return places;
}

/** The documents that are kept in plain text, each with the last day of its keeping. */
async function keptDocuments({ sql }: TestLedger): Promise<{ tenant_id: string; retain_until: string }[]> {
  const [table] = await sql<{ made: boolean }[]>`select to_regclass('public.documents') is not null as made`;
  if (table?.made !== true) return [];
  return sql<{ tenant_id: string; retain_until: string }[]>`select tenant_id, retain_until from documents`;
}

async function exported({ sql }: TestLedger): Promise<string> {
  let text = '';
  for await (const piece of (await exportEvents(sql, {}, 0)).pieces) text += piece.text;
  return text;
}

/** A month of a customer: profile, usage, invoice, payments, another profile; then it is erased. */
async function monthOfACustomer(ledger: TestLedger): Promise<Json> {
  const { api } = ledger;
  await ok(api.put('seller', sellerBody));
  await ok(api.put('customers/acme', { ...profile, legal_name: `${personal.legal_name} before` }));
  await ok(api.put('customers/acme', profile));
  await ok(api.put('customers/other', { ...profile, legal_name: personal.legal_name }));
  const site = await subscribed(ledger, 'acme', 'site');
  await meter(ledger, 'acme', site, '2026-04-03', [{ resource_kind: 'droplet_hours', qty: '2160' }]);
  await rollup(ledger);
  const { data } = await ok(api.get('invoices?period=2026-04'));
  const payment = {
    tenant_id: 'acme',
    amount_cents: 1000,
    received_on: '2026-05-08',
    method: 'bank_transfer',
    reference: personal.reference,
  };
  const headers = { 'idempotency-key': 'payment-1' };
  await ok(api.post('payments', payment, { headers }), 201);
  await ok(api.post(`invoices/${data[0].id}/pay`));
  await ok(api.get('customers'));
  const page = await fetch(`${ledger.url}/api/v1/invoices/${data[0].id}.pdf`, {
    headers: { authorization: `Bearer ${adminToken()}` },
  });
  expect(page.status).to.equal(200);
  await page.arrayBuffer();
  await ok(
    api.post('customers/other/erase', { confirm: 'other' }, { headers: { 'idempotency-key': 'e-1' } }),
  );
  return (await ok(api.post('customers/acme/erase', { confirm: 'acme' }))).data;
}

const verify = (ledger: TestLedger) =>
  verifyLedger({
    ledger: ledger.ledger,
    projections,
    logger: silentLogger,
    openPool: (max) => connect(ledger.target, { max, applicationName: 'test-verify' }),
  });

describe('a personal text', () => {
  it('would be found in any form', () => {
    for (const text of Object.values(personal))
      for (const form of formsOf(text)) expect(found(`... ${form.toLowerCase()} ...`)).to.include(text);
    expect(found('erased')).to.deep.equal([]);
  });
});

describe('an erased customer', () => {
  let server: ProtocolServer;
  let ledger: TestLedger;

  beforeEach(async () => {
    server = await startProtocolServer();
  });

  afterEach(async () => {
    await ledger.close();
    await server.close();
  });

  const logs: [string, () => TestLedgerOptions][] = [
    ['PostgreSQL', () => ({ postgresLog: true })],
    ['EventStoreDB', () => ({ eventStoreUrl: server.url })],
  ];
  for (const [name, options] of logs)
    it(`is in plain text in its documents alone, and all proofs go on, with the log in ${name}`, async () => {
      ledger = await seededLedger({ now: '2026-05-09T10:00:00.000Z', ...options() });
      const { key_ids, documents } = await monthOfACustomer(ledger);
      expect(key_ids).to.have.length(1);
      const before = await completeChain(ledger.sql);

      expect(await placesWithPersonalText(ledger)).to.deep.equal([]);
      expect(found(await exported(ledger))).to.deep.equal([]);
      const kept = (await keptDocuments(ledger)).filter(({ tenant_id }) => tenant_id === 'acme');
      expect(documents.count).to.be.greaterThan(0);
      for (const { retain_until } of kept) expect(retain_until >= '2031-05-09').to.equal(true);
      expect(documents.retain_until).to.equal(
        kept
          .map((row) => row.retain_until)
          .sort()
          .at(-1) ?? null,
      );

      expect((await verify(ledger)).ok).to.equal(true);
      await rebuildProjections(projections, {
        openPool: (max) => connect(ledger.target, { max, applicationName: 'test-rebuild' }),
        logger: silentLogger,
      });
      expect((await ok(ledger.api.get('customers/acme'))).data.legal_name).to.equal('erased');
      expect(await placesWithPersonalText(ledger)).to.deep.equal([]);
      expect((await verify(ledger)).ok).to.equal(true);
      expect(await completeChain(ledger.sql)).to.deep.equal(before);
    });

  it('is in plain text nowhere in the target of a log copy', async () => {
    ledger = await seededLedger({ now: '2026-05-09T10:00:00.000Z', postgresLog: true });
    await monthOfACustomer(ledger);
    const { hash } = await completeChain(ledger.sql);
    const store = openEventStore(server.url, { deadlineMs: 5_000 });
    const session = connect(ledger.target, { max: 1 });
    const copied = await copyToEventStore({ sql: ledger.sql, session, store });
    await Promise.all([store.close(), session.end()]);
    const rows = expectedRows(server);
    expect(rows).to.have.length(copied?.events ?? -1);
    expect(rows.map(({ type }) => type)).to.include.members(['CustomerProfileSet', 'CustomerErased']);
    expect(found(JSON.stringify(rows))).to.deep.equal([]);
    expect((await completeChain(ledger.sql)).hash).to.equal(hash);
  });
});
