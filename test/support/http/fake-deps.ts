import { countingIds } from '../ledger/counting-ids.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { Refused, refuseField, refuse } from '../../../src/ledger/refusal.ts';
import type { Deps } from '../../../src/http/deps.ts';

/**
 * A ledger that runs nothing: for tests of the HTTP platform itself. Positions are `log:<n>`; those above 100
 * are never reached.
 */
export function fakeLedger(): Ledger {
  return {
    withDeadline() {
      return this;
    },
    execute: () => {
      throw new Error('no commands here');
    },
    executeEach: () => {
      throw new Error('no commands here');
    },
    read: () => {
      throw new Error('no read models here');
    },
    readLatest: () => {
      throw new Error('no read models here');
    },
    async waitFor(position) {
      const number = /^log:(\d+)$/.exec(position)?.[1];
      if (number === undefined) throw new Refused(refuseField('position', 'malformed'));
      if (Number(number) > 100)
        throw new Refused(refuse('stale-read', 'the read models have not reached it'));
    },
    query: () => {
      throw new Error('no read models here');
    },
    storeParts: () => {
      throw new Error('no commands here');
    },
    events: async () => [],
    recorded: async () => [],
    position: async () => 'log:7',
    now: () => '2026-05-01T00:00:00.000Z',
    newId: countingIds('http'),
    currency: 'AUD',
  };
}

/**
 * What the platform itself uses, ready and empty. The rest is for handlers: a test that runs handlers passes
 * it.
 */
export function fakeDeps(overrides: Partial<Deps> = {}): Deps {
  const platform: Pick<Deps, 'ledger' | 'currency' | 'readiness' | 'scrape'> = {
    ledger: fakeLedger(),
    currency: 'AUD',
    readiness: async () => ({
      status: 'ok',
      checks: { postgres: { status: 'ok' }, projections: { status: 'ok', lag: 0 } },
    }),
    scrape: async () => '',
  };
  return { ...platform, ...overrides } as Deps;
}
