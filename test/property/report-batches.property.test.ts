import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { llmStream } from '../../commands/usage/llm-request.ts';
import { Refused } from '../../src/ledger/refusal.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { commands } from '../../src/processes/commands.ts';
import { ok, type Json } from '../support/http/api.ts';
import { startProtocolServer, type ProtocolServer } from '../support/journal/eventstoredb/index.ts';
import { runs } from '../support/property/runs.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';

/** A report, without the name of its run: `id` is one of few, so that batches hold duplicates. */
interface Draft {
  id: number;
  deployment: 'own' | 'other' | 'unknown';
  model: string;
  charge_cents: string;
  occurred_at: string;
}

const draft: fc.Arbitrary<Draft> = fc.record({
  id: fc.nat({ max: 9 }),
  deployment: fc.constantFrom('own', 'own', 'own', 'own', 'other', 'unknown'),
  model: fc.constantFrom('small', 'small', 'small', 'large'),
  charge_cents: fc.constantFrom('1', '1', '1.50', '01.5', '1000000', '1000000.000000000001'),
  // Also of a closed month, too old and ahead of the clock.
  occurred_at: fc.constantFrom(
    '2026-05-01T10:00:00.000Z',
    '2026-05-01T10:00:00.000Z',
    '2026-04-15T23:59:59.999Z',
    '2025-01-01T00:00:00.000Z',
    '2026-06-01T00:00:00.000Z',
  ),
});

type Step = { act: 'report'; reports: Draft[] } | { act: 'void'; id: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('report' as const),
      reports: fc.array(draft, { minLength: 1, maxLength: 15 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('void' as const), id: fc.nat({ max: 9 }) }) },
);

interface Outcome {
  status: string;
  reason: string | null;
}

const tenants = { own: 'acme', other: 'globex' };

function reportBatches(
  name: string,
  open: () => Promise<{ ledger: TestLedger; close(): Promise<void> }>,
): void {
  describe(`batches of reports, ${name}`, () => {
    let ledger: TestLedger;
    let close: () => Promise<void>;
    const deployments = new Map<string, string>();
    let run = 0;

    before(async () => {
      const opened = await open();
      ledger = opened.ledger;
      close = () => opened.close();
      for (const [deployment, tenant_id] of Object.entries(tenants)) {
        const created = ledger.api.post('deployments', { tenant_id, slug: 'chat', display_name: 'Chat' });
        deployments.set(deployment, (await ok(created, 201)).data.id as string);
      }
      const closed = await ok(ledger.api.post('jobs/invoices.rollup/run', { period: '2026-04-01' }));
      expect(closed.data.status).to.equal('completed');
    });
    after(() => close());

    const reportOf = (world: string, { id, deployment, ...rest }: Draft) => ({
      ...rest,
      gateway_request_id: `${world}-${id}`,
      deployment_id: deployments.get(deployment) ?? 'unknown',
      input_tokens: 1,
      output_tokens: 2,
    });
    const send = async (world: string, reports: readonly Draft[]): Promise<Outcome[]> => {
      const events = reports.map((report) => reportOf(world, report));
      const { data } = await ok(ledger.api.post('integrations/llm-usage', { events }));
      expect(data.map((item: Json) => item.gateway_request_id)).to.deep.equal(
        events.map(({ gateway_request_id }) => gateway_request_id),
      );
      return data.map(({ status, reason }: Json) => ({ status, reason }));
    };

    /** What a report alone answers, by a command of its own. */
    async function alone(world: string, report: Draft): Promise<Outcome> {
      if (report.deployment === 'unknown') return { status: 'rejected', reason: 'unknown-deployment' };
      const input = { ...reportOf(world, report), tenant_id: tenants[report.deployment] };
      try {
        const { appended, result } = await ledger.ledger.execute(
          commands.recordLlmUsage,
          input,
          ledger.meta(),
        );
        if (appended > 0) return { status: 'recorded', reason: null };
        if (!result.same) return { status: 'rejected', reason: 'id-reused' };
        return { status: 'duplicate', reason: result.voided ? 'voided' : null };
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return { status: 'rejected', reason: error.refusal.refused };
      }
    }

    /** What is recorded, but for ids and the name of its world. */
    const recorded = async (world: string) => {
      const streams = Array.from({ length: 10 }, (_, id) =>
        ledger.ledger.events(llmStream(`${world}-${id}`)),
      );
      return (await Promise.all(streams)).map((events) =>
        events.map(
          ({ type, data, revision, metadata: { correlation_id: _c, causation_id: _d, actor, ...rest } }) => ({
            type,
            revision,
            data: { ...(data as object), gateway_request_id: 'named by its world' },
            metadata: { ...rest, roles: actor.roles },
          }),
        ),
      );
    };

    it('answer and record what each report does by itself', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
          const [batched, single] = [`b${++run}`, `s${run}`];
          for (const one of steps) {
            if (one.act === 'void') {
              const [left, right] = await Promise.all(
                [batched, single].map((world) =>
                  ledger.api.post(`integrations/llm-usage/${world}-${one.id}/void`, { reason: 'test' }),
                ),
              );
              expect(left?.status).to.equal(right?.status);
              continue;
            }
            const expected: Outcome[] = [];
            for (const report of one.reports) expected.push(await alone(single, report));
            expect(await send(batched, one.reports)).to.deep.equal(expected);
          }
          expect(await recorded(batched)).to.deep.equal(await recorded(single));
        }),
        { numRuns: runs(12) },
      );
    });

    it('record each id once when several senders report it at once', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(draft, { minLength: 1, maxLength: 15 }), { minLength: 2, maxLength: 4 }),
          async (batches) => {
            const world = `c${++run}`;
            const answers = await Promise.all(batches.map((reports) => send(world, reports)));
            const items = batches.flatMap((reports, sender) =>
              reports.map((report, n) => ({ report, outcome: answers[sender]?.[n] as Outcome })),
            );
            for (let id = 0; id <= 9; id += 1) {
              const same = items.filter(({ report }) => report.id === id);
              const firsts = same.filter(({ outcome }) => outcome.status === 'recorded');
              const events = await ledger.ledger.events(llmStream(`${world}-${id}`));
              expect(events.length).to.equal(firsts.length);
              const [event] = events;
              if (event === undefined) continue;
              expect(firsts).to.have.length(1);
              for (const { outcome, report } of same) {
                const { tenant_id: _t, ...held } = event.data as Record<string, unknown>;
                const sent = reportOf(world, report);
                const equal = isDeepStrictEqual(held, {
                  ...sent,
                  charge_cents: canonicalDecimal(sent.charge_cents),
                });
                if (outcome.status === 'recorded') expect(equal).to.equal(true);
                if (outcome.status === 'duplicate') expect(equal).to.equal(true);
                if (outcome.reason === 'id-reused') expect(equal).to.equal(false);
              }
            }
          },
        ),
        { numRuns: runs(8) },
      );
    });
  });
}

reportBatches('the log in the journal', async () => {
  const ledger = await startTestLedger({ postgresLog: true });
  return { ledger, close: () => ledger.close() };
});

// A process uses one EventStoreDB only, so a run that keeps its events in a real one skips this.
if (process.env['EVENTSTORE_URL'] === undefined)
  reportBatches('the log in EventStoreDB', async () => {
    const server: ProtocolServer = await startProtocolServer();
    const ledger = await startTestLedger({ eventStoreUrl: server.url });
    return {
      ledger,
      close: async () => {
        await ledger.close();
        await server.close();
      },
    };
  });
