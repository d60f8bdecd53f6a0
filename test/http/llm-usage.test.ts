import { expect } from 'chai';
import { llmChargesForPeriod } from '../../projections/usage/invoicing-queries.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { serviceToken, tenantToken } from '../support/http/tokens.ts';

const path = 'integrations/llm-usage';
const gateway = { token: serviceToken() };

describe('LLM usage over HTTP', () => {
  let ledger: TestLedger;
  let deployment: string;

  before(async () => {
    ledger = await startTestLedger();
    deployment = (
      await ok(ledger.api.post('deployments', { tenant_id: 'acme', slug: 'chat', display_name: 'Chat' }), 201)
    ).data.id;
  });
  after(async () => {
    await ledger.close();
  });

  const report = (gateway_request_id: string, changes: Json = {}): Json => ({
    gateway_request_id,
    deployment_id: deployment,
    model: 'large',
    input_tokens: 1200,
    output_tokens: 80,
    charge_cents: '0.123456789012',
    occurred_at: '2026-04-30T23:59:59.999Z',
    ...changes,
  });
  const send = (body: Json, request = gateway) => ledger.api.post(path, body, request);
  const statuses = (answer: Json): [string, string | null][] =>
    answer.data.map((item: Json) => [item.status, item.reason]);
  const charged = async () => {
    const [row] = await ledger.ledger.readLatest((db) => llmChargesForPeriod(db, { period: '2026-04-01' }));
    return [row?.charge_cents, row?.requests];
  };

  it('records one report once, and a batch item by item in its order', async () => {
    expect(await ok(send(report('one')))).to.deep.equal({
      data: [{ gateway_request_id: 'one', status: 'recorded', reason: null }],
    });
    expect(statuses(await ok(send(report('one'))))).to.deep.equal([['duplicate', null]]);
    const events = [
      report('two'),
      report('one'),
      report('lost', { deployment_id: 'unknown' }),
      report('one', { model: 'small' }),
      report('three', { charge_cents: '0' }),
    ];
    const answer = await ok(send({ events }));
    expect(answer.data.map((item: Json) => item.gateway_request_id)).to.deep.equal([
      'two',
      'one',
      'lost',
      'one',
      'three',
    ]);
    expect(statuses(answer)).to.deep.equal([
      ['recorded', null],
      ['duplicate', null],
      ['rejected', 'unknown-deployment'],
      ['rejected', 'id-reused'],
      ['recorded', null],
    ]);
    expect(await charged()).to.deep.equal(['0.246913578024', 3]);
  });

  it('compares content by value', async () => {
    await ok(send(report('equal', { charge_cents: '1.50', occurred_at: '2026-05-01T10:00:00Z' })));
    const same = report('equal', { charge_cents: '01.5', occurred_at: '2026-05-01T10:00:00.000000+00:00' });
    expect(statuses(await ok(send(same)))).to.deep.equal([['duplicate', null]]);
    const others = [
      { charge_cents: '1.51' },
      { model: 'other' },
      { input_tokens: 1 },
      { output_tokens: 1 },
      { occurred_at: '2026-05-01T10:00:01Z' },
    ];
    for (const change of others)
      expect(statuses(await ok(send({ ...same, ...change }))), JSON.stringify(change)).to.deep.equal([
        ['rejected', 'id-reused'],
      ]);
  });

  it('takes the first of two reports with one id in a batch', async () => {
    const events = [
      report('twin', { input_tokens: 1 }),
      report('twin', { input_tokens: 2 }),
      report('twin', { input_tokens: 1 }),
    ];
    expect(statuses(await ok(send({ events })))).to.deep.equal([
      ['recorded', null],
      ['rejected', 'id-reused'],
      ['duplicate', null],
    ]);
  });

  it('counts each id once for concurrent senders of a thousand reports', async () => {
    const before = await ledger.eventCount();
    const events = Array.from({ length: 1000 }, (_, n) =>
      report(`bulk-${n}`, { charge_cents: '0.01', occurred_at: '2026-02-01T00:00:00Z' }),
    );
    const answers = await Promise.all([
      ok(send({ events })),
      ok(send({ events: [...events].reverse() })),
      ok(send({ events })),
    ]);
    const counts = answers
      .flatMap(statuses)
      .reduce<Record<string, number>>((all, [status]) => ({ ...all, [status]: (all[status] ?? 0) + 1 }), {});
    expect(counts).to.deep.equal({ recorded: 1000, duplicate: 2000 });
    expect(await ledger.eventCount()).to.equal(before + 1000);
    const [row] = await ledger.ledger.readLatest((db) => llmChargesForPeriod(db, { period: '2026-02-01' }));
    expect(row).to.include({
      deployment_id: deployment,
      tenant_id: 'acme',
      charge_cents: '10',
      requests: 1000,
    });
  });

  it('answers a repeated Idempotency-Key as at first', async () => {
    const request = { ...gateway, headers: { 'idempotency-key': 'gateway-retry-1' } };
    const first = await ok(send({ events: [report('keyed'), report('keyed', { model: 'small' })] }, request));
    expect(statuses(first)).to.deep.equal([
      ['recorded', null],
      ['rejected', 'id-reused'],
    ]);
    expect(
      await ok(send({ events: [report('keyed'), report('keyed', { model: 'small' })] }, request)),
    ).to.deep.equal(first);
  });

  it('charges a cancelled deployment without a subscription all the same', async () => {
    const { data } = await ok(
      ledger.api.post('deployments', { tenant_id: 'acme', slug: 'gone', display_name: 'Gone' }),
      201,
    );
    await ok(ledger.api.post(`deployments/${data.id}/transition`, { to: 'cancelled', reason: 'test' }));
    expect(statuses(await ok(send(report('after-all', { deployment_id: data.id }))))).to.deep.equal([
      ['recorded', null],
    ]);
  });

  it('refuses what is dated out of bounds, each by itself, and takes the bounds themselves', async () => {
    expect(ledger.clock.now()).to.equal('2026-05-09T15:05:00.000Z');
    const dated = (occurred_at: string) => report(`at-${occurred_at}`, { occurred_at, charge_cents: '1' });
    const answer = await ok(
      send({
        events: [
          dated('2026-05-09T15:10:00.000Z'),
          dated('2026-05-09T15:10:00.001Z'),
          dated('2099-01-01T00:00:00Z'),
          dated('2025-04-04T15:05:00.000Z'),
          dated('2025-04-04T15:04:59.999Z'),
          dated('2000-01-01T00:00:00Z'),
        ],
      }),
    );
    expect(statuses(answer)).to.deep.equal([
      ['recorded', null],
      ['rejected', 'in-the-future'],
      ['rejected', 'in-the-future'],
      ['recorded', null],
      ['rejected', 'too-old'],
      ['rejected', 'too-old'],
    ]);
  });

  it('refuses a charge above the limit by itself', async () => {
    const charged = ['1000000', '1000000.000000000001', '999999999999999'].map((charge_cents) =>
      report(`charge-${charge_cents}`, { charge_cents, occurred_at: '2026-03-01T00:00:00Z' }),
    );
    expect(statuses(await ok(send({ events: charged })))).to.deep.equal([
      ['recorded', null],
      ['rejected', 'charge-too-large'],
      ['rejected', 'charge-too-large'],
    ]);
  });

  it('recognises a repeated report at any time, also when it has become too old', async () => {
    const old = report('ages-ago', { occurred_at: '2025-05-01T00:00:00Z' });
    expect(statuses(await ok(send(old)))).to.deep.equal([['recorded', null]]);
    ledger.clock.set('2028-01-01T00:00:00.000Z');
    const events = [old, { ...old, model: 'other' }, { ...old, gateway_request_id: 'never-seen' }];
    expect(statuses(await ok(send({ events })))).to.deep.equal([
      ['duplicate', null],
      ['rejected', 'id-reused'],
      ['rejected', 'too-old'],
    ]);
    ledger.clock.set('2026-05-09T15:05:00.000Z');
  });

  it('takes a charge back once, and its id stays used', async () => {
    const path = 'integrations/llm-usage/take%2Fback/void';
    const charge = report('take/back', { occurred_at: '2025-11-30T00:00:00Z', charge_cents: '9900' });
    await problem(ledger.api.post(path, { reason: 'wrong unit' }, gateway), 404);
    await ok(send({ events: [charge, { ...charge, gateway_request_id: 'stays', charge_cents: '1' }] }));
    const sum = async () =>
      (await ledger.ledger.readLatest((db) => llmChargesForPeriod(db, { period: '2025-11-01' })))[0]
        ?.charge_cents;
    expect(await sum()).to.equal('9901');
    const { occurred_at: _at, ...same } = charge;
    const expected = {
      data: { ...same, occurred_at: '2025-11-30T00:00:00.000Z', void_reason: 'wrong unit' },
    };
    expect(await ok(ledger.api.post(path, { reason: 'wrong unit' }, gateway))).to.deep.equal(expected);
    const events = await ledger.eventCount();
    expect(await ok(ledger.api.post(path, { reason: 'another' }))).to.deep.equal(expected);
    expect(statuses(await ok(send({ events: [charge, { ...charge, charge_cents: '99' }] })))).to.deep.equal([
      ['duplicate', 'voided'],
      ['rejected', 'id-reused'],
    ]);
    expect(await ledger.eventCount()).to.equal(events);
    expect(await sum()).to.equal('1');
    await problem(ledger.api.post(path, { reason: 'mine' }, { token: tenantToken('acme') }), 403);
    await problem(ledger.api.post(path, {}, gateway), 422, 'reason');
  });

  it('refuses wrong shapes as a whole, naming the field of the form that was meant', async () => {
    const before = await ledger.eventCount();
    const wrong: [string, unknown][] = [
      ['charge_cents', '-1'],
      ['charge_cents', 1.5],
      ['charge_cents', '1e3'],
      ['charge_cents', '0.1234567890123'],
      ['input_tokens', -1],
      ['input_tokens', 1.5],
      ['output_tokens', '1'],
      ['occurred_at', '2026-02-30T00:00:00Z'],
      ['occurred_at', '2026-04-01'],
      ['gateway_request_id', ''],
      ['gateway_request_id', 'a'.repeat(201)],
      ['model', 7],
      ['extra', 1],
    ];
    for (const [field, value] of wrong) {
      await problem(send(report('bad', { [field]: value })), 422, field);
      await problem(
        send({ events: [report('good'), report('bad', { [field]: value })] }),
        422,
        `events.1.${field}`,
      );
    }
    await problem(
      send({ events: Array.from({ length: 20 }, () => report('bad', { model: 7 })) }),
      422,
      'events.19.model',
    );
    await problem(send({ events: [] }), 422, 'events');
    await problem(send({ events: Array.from({ length: 1001 }, (_, n) => report(`n-${n}`)) }), 422, 'events');
    await problem(send({ events: [report('good')], gateway_request_id: 'x' }), 422, 'gateway_request_id');
    await problem(send({}), 422, 'gateway_request_id');
    await problem(send(report('tenant'), { token: tenantToken('acme') }), 403);
    expect(await ledger.eventCount()).to.equal(before);
  });
});
