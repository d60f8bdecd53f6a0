/**
 * A busy month in which the API's answers are kept at each moment, to be compared with later as-of answers.
 */
import { aprilInvoice, busyMonth, job, llmReports } from '../read-models/busy-month.ts';
import { ok } from '../http/api.ts';
import type { Api, ApiAnswer, Json } from '../http/api.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';
import { serviceToken } from '../http/tokens.ts';
import { seededLedger, subscribed } from '../http/invoices-month.ts';

/** The API's answers at a moment. */
export interface Witnessed {
  at: string;
  /** By path. */
  answers: Map<string, Json>;
}

/** A ledger that keeps the API's answers after every command. */
function witnessing(ledger: TestLedger, look: () => Promise<void>): TestLedger {
  const { api } = ledger;
  const followed = async (sent: Promise<ApiAnswer>): Promise<ApiAnswer> => {
    const answer = await sent;
    await look();
    return answer;
  };
  const witness: Api = {
    get: (path, request) => api.get(path, request),
    post: (path, body, request) => followed(api.post(path, body, request)),
    put: (path, body, request) => followed(api.put(path, body, request)),
    patch: (path, body, request) => followed(api.patch(path, body, request)),
    delete: (path, request) => followed(api.delete(path, request)),
  };
  return Object.create(ledger, { api: { value: witness } }) as TestLedger;
}

/** A resource of April's invoice that is tied to no deployment. */
async function unheld(ledger: TestLedger): Promise<string> {
  const { data } = await ok(ledger.api.get('billing/cost-lines?period=2026-04&matched=true&limit=100'));
  for (const { resource_id, ended_at } of data as Json[]) {
    const { deployment_id, ties } = (await ok(ledger.api.get(`inventory/${resource_id}`))).data;
    if (deployment_id === null && ties.length === 0 && ended_at === '2026-05-01T00:00:00.000Z')
      return resource_id;
  }
  throw new Error('everything is tied');
}

/**
 * Ties that are shortened, emptied and made again, here and there, and an invoice whose lines change: of
 * these the read models keep the end only.
 */
async function changeOfMind(ledger: TestLedger): Promise<void> {
  const resource = await unheld(ledger);
  const [third, fourth] = [
    await subscribed(ledger, 'third', 'site', { starts_on: '2026-04-10' }),
    await subscribed(ledger, 'fourth', 'site', { starts_on: '2026-05-01' }),
  ];
  const tie = (id: string, from: string) =>
    ok(ledger.api.post(`deployments/${id}/resources`, { resource_id: resource, effective_from: from }), 201);
  const untie = (id: string, to: string) =>
    ok(ledger.api.delete(`deployments/${id}/resources/${resource}?effective_to=${to}`));
  await tie(third, '2026-04-21');
  for (const to of ['2026-05-04', '2026-04-30', '2026-04-25', '2026-04-21']) await untie(third, to);
  await tie(third, '2026-04-21');
  await untie(third, '2026-04-25');
  await tie(fourth, '2026-04-25');
  await ok(ledger.api.post(`inventory/${resource}/assign`, { tenant_id: 'fifth' }));
  await untie(fourth, '2026-04-26');
  const roll = async (force: boolean): Promise<Json> =>
    (await ok(ledger.api.post('invoices/rollup', { period: '2026-04', tenant_id: 'third', force }))).data
      .invoices[0];
  await roll(false);
  await ok(
    ledger.api.post(
      'integrations/llm-usage',
      { events: [{ ...llmReports(third, 1, 'third')[0], charge_cents: '123' }] },
      { token: serviceToken() },
    ),
  );
  await ok(ledger.api.post(`invoices/${(await roll(true)).invoice_id}/void`, { reason: 'not theirs' }));
  const invoice = ledger.digitalOcean.account.invoices.find(
    ({ invoice_uuid }) => invoice_uuid === aprilInvoice,
  );
  ledger.digitalOcean.setInvoiceCsv(aprilInvoice, String(invoice?.csv).replace(/\$\d+\.\d\d/, '$17.03'));
  await job(ledger, 'billing.ingest_invoice', { invoice_uuid: aprilInvoice });
  await ok(
    ledger.api.post('fx-rates', { from: 'USD', to: 'AUD', rate: '1.6', effective_from: '2026-04-30' }),
    201,
  );
}

/** Runs the month; returns the ledger and what was witnessed. `paths` are asked for at each moment. */
export async function witnessedMonth(
  paths: (ledger: TestLedger) => Promise<string[]>,
): Promise<{ ledger: TestLedger; witnessed: Witnessed[]; deployments: { pilot: string; other: string } }> {
  const ledger = await seededLedger({ digitalOcean: {}, finance: true });
  const witnessed: Witnessed[] = [];
  const look = async (): Promise<void> => {
    await ledger.settled();
    // The next event has a later recording time.
    const at = ledger.clock.now();
    const answers = new Map<string, Json>();
    for (const path of await paths(ledger)) answers.set(path, (await ok(ledger.api.get(path))).data);
    witnessed.push({ at, answers });
    ledger.clock.advance(1_000);
  };
  await look();
  const observed = witnessing(ledger, look);
  const deployments = await busyMonth(observed);
  await changeOfMind(observed);
  return { ledger, witnessed, deployments };
}
