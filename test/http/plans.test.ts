import { expect } from 'chai';
import { routes } from '../../src/http/routes.ts';
import type { Service } from '../../src/open-service.ts';
import { stagePlans, type PlansStage } from '../support/plans/stage.ts';
import { pilot } from '../support/demo/story.ts';
import { serve, type Served } from '../support/http/serve.ts';
import { adminToken, tenantToken } from '../support/http/tokens.ts';
import { fill, ofBusiness, type Filled } from '../support/plans/fill.ts';
import { knownOf } from '../support/plans/known.ts';
import { openPlanTap, type PlanTap, type RanStatement } from '../support/plans/plan-tap.ts';
import { addressesOf, type Known } from '../support/plans/requests.ts';
import { tableReads } from '../support/plans/read-rows.ts';
import { reasonOf } from '../support/plans/unbounded.ts';

/** How much of a table that grows a statement may meet. A search of the journal meets so much at any size. */
const shareOf = (table: string): number => (table === 'public.journal' ? 0.75 : 0.2);

describe('what routes read of tables that grow with the journal', function () {
  this.timeout(120_000);
  let stage: PlansStage;
  let tap: PlanTap;
  let service: Service;
  let served: Served;
  let filled: Filled;
  let known: Known;
  before(async () => {
    stage = await stagePlans();
    known = await knownOf(stage);
    filled = await fill(stage.ledger.sql);
    tap = await openPlanTap(stage.ledger.sql);
    service = await stage.ledger.openBeside({ target: tap.target, clock: stage.ledger.clock });
    served = await serve(service.app);
  });
  after(async () => {
    await served?.close();
    await service?.close();
    await tap?.close();
    await stage?.close();
  });

  /** What a statement has read too much of. */
  function faultsOf({ text, plan }: RanStatement, isAdmin: boolean): string[] {
    return tableReads(plan)
      .filter(({ table, rows }) => rows > shareOf(table) * (filled.get(table) ?? Infinity))
      .filter(({ table }) => !isAdmin || !ofBusiness.has(table.split('.')[1] ?? ''))
      .map(({ table, how, rows }) => `${rows} rows of ${table}, ${how}: ${text.replaceAll(/\s+/g, ' ')}`);
  }

  async function get(address: string, token: string): Promise<{ status: number; next: string | null }> {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(new URL(address, served.url), { headers });
    const text = await answer.text();
    const isJson = (answer.headers.get('content-type') ?? '').startsWith('application/json');
    const { next_cursor } = (isJson ? JSON.parse(text) : {}) as { next_cursor?: string | null };
    return { status: answer.status, next: next_cursor ?? null };
  }

  const gets = routes.filter(({ method, path }) => method === 'GET' && reasonOf(path, '') === null);

  for (const route of gets) {
    it(`is bounded in GET ${route.path}`, async () => {
      const found: string[] = [];
      let answered = false;
      const ask = async (address: string, token: string): Promise<string | null> => {
        tap.take();
        const { status, next } = await get(address, token);
        answered ||= status < 300;
        if (status >= 500) found.push(`${address}: ${status}`);
        for (const ran of tap.take())
          for (const fault of faultsOf(ran, token === admin))
            found.push(`${address}: ${fault.slice(0, 900)}`);
        return next;
      };
      const admin = adminToken();
      for (const token of route.access === 'tenant' ? [admin, tenantToken(pilot)] : [admin])
        for (const address of addressesOf(route, known)) {
          if (reasonOf(route.path, address) !== null) continue;
          const next = await ask(address, token);
          if (next !== null) await ask(`${address}${address.includes('?') ? '&' : '?'}cursor=${next}`, token);
        }
      expect(found).to.deep.equal([]);
      expect(answered, `an example of ${route.path} that is answered`).to.equal(true);
    });
  }
});
