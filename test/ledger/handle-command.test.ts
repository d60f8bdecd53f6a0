import { expect } from 'chai';
import { bind, defaultLimits, defineCommand, type Execution } from '../../src/ledger/command.ts';
import type { Sql } from '../../src/database/db.ts';
import { handleCommand, type CommandHost } from '../../src/ledger/handle-command.ts';
import type { CommandMeta } from '../../src/ledger/ledger.ts';
import { migrate, readMigrations } from '../../src/database/migrate.ts';
import { isRefusal, refuse, Refused } from '../../src/ledger/refusal.ts';
import type { EventOf } from '../../src/events/define.ts';
import type { resourcePriceEvents } from '../../src/events/catalog.ts';
import {
  InvalidAppend,
  LogUnavailable,
  WrongExpectedRevision,
  type EventLog,
} from '../../src/journal/event-log.ts';
import { openPostgresLog } from '../../src/journal/postgres-log.ts';
import { migrationsFolder } from '../../src/open-ledger.ts';
import { admin } from '../support/commands/command-spec.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';

type PriceEvent = EventOf<typeof resourcePriceEvents>;
interface Input {
  kind: string;
  prices: number[];
  unit?: string;
}

/** A small aggregate of known events: the prices ever set for a kind, in order. */
const priceList = {
  name: 'price list',
  initialState: [] as number[],
  evolve: (state: number[], { data }: PriceEvent) => [...state, data.price_cents],
};
const streamOf = ({ kind }: Input) => `prices-${kind}`;
const set = (kind: string, price: number, unit = 'gb'): PriceEvent => ({
  type: 'ResourcePriceSet',
  data: { resource_kind: kind, unit, price_cents: price, effective_from: '2026-01-01' },
});
const settle = (state: number[], input: Input) =>
  input.prices.filter((price) => !state.includes(price)).map((price) => set(input.kind, price, input.unit));

/** Sets the prices that are not on the list yet; 13 is refused. */
const setPrices = defineCommand({
  name: 'set-prices',
  aggregate: priceList,
  stream: streamOf,
  decide: (state: number[], input: Input) =>
    input.prices.includes(13) ? refuse('conflict', 'thirteen') : settle(state, input),
  result: (state: number[], { kind }: Input) => ({ kind, prices: state }),
});

/** Opens a price list that does not exist yet. */
const openList = defineCommand({
  name: 'open-list',
  aggregate: priceList,
  stream: streamOf,
  assumesNew: true,
  decide: (state: number[], input: Input) =>
    state.length > 0 ? refuse('already-exists', `opened with ${state.join(', ')}`) : settle(state, input),
  result: (state: number[], { kind }: Input) => ({ kind, opened_with: state[0] }),
});

describe('handling a command', () => {
  let database: TestDatabase;
  let sql: Sql;
  let log: EventLog;
  let n = 0;
  /** Runs before each append, with its number. */
  let beforeAppend: (attempt: number) => Promise<void> = async () => undefined;
  let appends = 0;
  let loads = 0;

  const host = (over: Partial<CommandHost> = {}): CommandHost => ({
    currency: 'AUD',
    limits: defaultLimits,
    now: () => '2026-05-01T10:00:00.000Z',
    loadContext: async () => {
      loads += 1;
      return loads;
    },
    log: {
      ...log,
      append: async (...args) => {
        await beforeAppend(++appends);
        return log.append(...args);
      },
    },
    ...over,
  });
  const meta = (over: Partial<CommandMeta> = {}): CommandMeta => ({
    actor: admin,
    correlationId: 'request-1',
    commandId: `execution-${++n}`,
    ...over,
  });
  const count = async () => Number(await log.head());
  const failure = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => expect.fail('it was carried out'),
      (error: unknown) => error,
    );

  before(async () => {
    database = await createTestDatabase();
    sql = database.connect();
    await migrate(sql, await readMigrations(migrationsFolder));
    log = await openPostgresLog(sql);
  });
  after(() => database.drop());
  beforeEach(() => {
    beforeAppend = async () => undefined;
    appends = 0;
    loads = 0;
  });

  it('answers from the state after the command, with its position and what it appended', async () => {
    const first = await handleCommand(host(), bind(setPrices), { kind: 'a', prices: [1, 2] }, meta());
    expect(first).to.deep.equal({
      result: { kind: 'a', prices: [1, 2] },
      position: `${log.id}:${await count()}`,
      appended: 2,
    });
    const second = await handleCommand(host(), bind(setPrices), { kind: 'a', prices: [2, 3] }, meta());
    expect(second).to.deep.include({ result: { kind: 'a', prices: [1, 2, 3] }, appended: 1 });
    const head = await count();
    const again = await handleCommand(host(), bind(setPrices), { kind: 'a', prices: [3, 1] }, meta());
    expect(again, 'all is already so').to.deep.equal({
      result: { kind: 'a', prices: [1, 2, 3] },
      position: `${log.id}:${head}`,
      appended: 0,
    });
    expect(await count()).to.equal(head);
  });

  it('records actor, cause and time in each event', async () => {
    await handleCommand(
      host(),
      bind(setPrices),
      { kind: 'meta', prices: [1] },
      meta({ commandId: 'the-execution', idempotencyKey: 'the-key' }),
    );
    const [event] = await log.read('prices-meta');
    expect(event?.metadata).to.deep.equal({
      actor: admin,
      correlation_id: 'request-1',
      causation_id: 'the-execution',
      command: 'set-prices',
      idempotency_key: 'the-key',
      schema_version: 1,
      recorded_at: '2026-05-01T10:00:00.000Z',
    });
  });

  it('decides again on what a faster one has written', async () => {
    beforeAppend = async (attempt) => {
      if (attempt === 1) await handleCommand(host(), bind(setPrices), { kind: 'race', prices: [7] }, meta());
    };
    const contextual = defineCommand({
      ...setPrices,
      decide: (state: number[], input: Input, _context: number, _execution: Execution) =>
        settle(state, input),
    });
    const outcome = await handleCommand(
      host(),
      bind(contextual, async () => 1),
      { kind: 'race', prices: [7, 8] },
      meta(),
    );
    expect(outcome.result.prices).to.deep.equal([7, 8]);
    expect(outcome.appended).to.equal(1);
    expect(
      (await log.read('prices-race')).map((event) => (event.data as { price_cents: number }).price_cents),
    ).to.deep.equal([7, 8]);
    expect(loads, 'the context is read anew for each decision').to.equal(2);
  });

  it('gives up after twenty lost races, with a conflict', async () => {
    const losing: EventLog = {
      ...log,
      append: async (stream, _events, expected) => {
        appends += 1;
        throw new WrongExpectedRevision(stream, expected, expected + 1);
      },
    };
    const error = await failure(
      handleCommand(host({ log: losing }), bind(setPrices), { kind: 'hot', prices: [1] }, meta()),
    );
    expect(error).to.be.instanceOf(Refused);
    expect((error as Refused).refusal.refused).to.equal('conflict');
    expect(appends).to.equal(20);
  });

  it('lets every writer succeed, one after the other, when many write to one stream', async () => {
    const prices = Array.from({ length: 12 }, (_, index) => 100 + index);
    await Promise.all(
      prices.map((price) =>
        handleCommand(host(), bind(setPrices), { kind: 'crowd', prices: [price] }, meta()),
      ),
    );
    const events = await log.read('prices-crowd');
    expect(events.map((event) => event.revision)).to.deep.equal(prices.map((_, index) => index));
    expect(events.map((event) => (event.data as { price_cents: number }).price_cents).sort()).to.deep.equal(
      prices,
    );
  });

  it('throws a refusal and appends nothing', async () => {
    const head = await count();
    const error = await failure(
      handleCommand(host(), bind(setPrices), { kind: 'b', prices: [1, 13] }, meta()),
    );
    expect(isRefusal((error as Refused).refusal)).to.equal(true);
    expect((error as Refused).refusal).to.deep.equal({ refused: 'conflict', detail: 'thirteen' });
    expect(await count()).to.equal(head);
  });

  it('refuses an event that its schema does not allow, and appends none of the others', async () => {
    const head = await count();
    const error = await failure(
      handleCommand(host(), bind(setPrices), { kind: 'c', prices: [1, 2.5] }, meta()),
    );
    expect((error as Error).name).to.equal('ZodError');
    expect(await count()).to.equal(head);
    expect(appends).to.equal(0);
  });

  it('passes on the errors that the log is away, and that an append is too large', async () => {
    const unavailable = new LogUnavailable('away');
    expect(
      await failure(
        handleCommand(
          host({
            log: {
              ...log,
              append: async () => {
                throw unavailable;
              },
            },
          }),
          bind(setPrices),
          { kind: 'd', prices: [1] },
          meta(),
        ),
      ),
    ).to.equal(unavailable);
    expect(
      await failure(
        handleCommand(
          host({
            log: {
              ...log,
              read: async () => {
                throw unavailable;
              },
            },
          }),
          bind(setPrices),
          { kind: 'd', prices: [1] },
          meta(),
        ),
      ),
    ).to.equal(unavailable);
    const large = await failure(
      handleCommand(host(), bind(setPrices), { kind: 'd', prices: [1], unit: 'x'.repeat(1_000_001) }, meta()),
    );
    expect(large).to.be.instanceOf(InvalidAppend);
    expect(await log.read('prices-d')).to.deep.equal([]);
  });

  describe('a command that assumes its stream to be new', () => {
    it('looks at the stream before it refuses', async () => {
      const openWithin = defineCommand({
        ...openList,
        name: 'open-within',
        decide: (state: number[], input: Input) =>
          state.length > 0 ? [] : refuse('conflict', `${input.prices.join()} is too much`),
      });
      const open = { kind: 'refused', prices: [7] };
      expect(await failure(handleCommand(host(), bind(openWithin), open, meta()))).to.be.instanceOf(Refused);
      await handleCommand(host(), bind(openList), open, meta());
      const again = await handleCommand(host(), bind(openWithin), open, meta());
      expect(again).to.deep.include({ appended: 0, result: { kind: 'refused', opened_with: 7 } });
    });

    it('appends without reading first', async () => {
      let reads = 0;
      const counting: EventLog = {
        ...log,
        read: (...args) => {
          reads += 1;
          return log.read(...args);
        },
      };
      const outcome = await handleCommand(
        host({ log: counting }),
        bind(openList),
        { kind: 'new', prices: [1, 2] },
        meta(),
      );
      expect(outcome).to.deep.include({ result: { kind: 'new', opened_with: 1 }, appended: 2 });
      expect(reads).to.equal(0);
    });

    it('reads the stream after a conflict and decides on what is there', async () => {
      const head = await count();
      const error = await failure(
        handleCommand(host(), bind(openList), { kind: 'new', prices: [3] }, meta()),
      );
      expect((error as Refused).refusal).to.deep.equal({
        refused: 'already-exists',
        detail: 'opened with 1, 2',
      });
      expect(await count()).to.equal(head);
    });

    it('has one winner in a race', async () => {
      const outcomes = await Promise.allSettled(
        [1, 2, 3, 4].map((price) =>
          handleCommand(host(), bind(openList), { kind: 'raced', prices: [price] }, meta()),
        ),
      );
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).to.have.length(1);
      expect(await log.read('prices-raced')).to.have.length(1);
    });
  });

  describe('an execution that is repeated', () => {
    it('has the same event ids; another execution has others', async () => {
      const ids = async (kind: string, commandId: string) => {
        const seen: string[] = [];
        const recording: EventLog = {
          ...log,
          append: async (_stream, events) => {
            seen.push(...events.map((event) => event.id));
            return { revision: 0, position: '1' };
          },
        };
        await handleCommand(
          host({ log: recording }),
          bind(setPrices),
          { kind, prices: [1, 2] },
          meta({ commandId }),
        );
        return seen;
      };
      const first = await ids('ids', 'x');
      expect(new Set(first).size).to.equal(2);
      expect(await ids('ids', 'x')).to.deep.equal(first);
      for (const other of [await ids('ids', 'y'), await ids('other', 'x')])
        expect(other.filter((id) => first.includes(id))).to.deep.equal([]);
    });

    it('finds its events when the answer of the append was lost', async () => {
      const forgetful: EventLog = {
        ...log,
        append: async (...args) => {
          await log.append(...args);
          throw new LogUnavailable('the answer was lost');
        },
      };
      const once = meta({ idempotencyKey: 'lost-answer' });
      const error = await failure(
        handleCommand(host({ log: forgetful }), bind(setPrices), { kind: 'lost', prices: [1, 2] }, once),
      );
      expect(error).to.be.instanceOf(LogUnavailable);
      const outcome = await handleCommand(host(), bind(setPrices), { kind: 'lost', prices: [1, 2] }, once);
      expect(outcome).to.deep.include({ result: { kind: 'lost', prices: [1, 2] }, appended: 0 });
      expect(await log.read('prices-lost')).to.have.length(2);
    });

    it('writes nothing a second time when it does not see its events', async () => {
      const input = { kind: 'twin', prices: [1] };
      const blind: EventLog = { ...log, read: async () => [] };
      const once = meta();
      const first = await handleCommand(host(), bind(setPrices), input, once);
      expect(await handleCommand(host({ log: blind }), bind(setPrices), input, once)).to.deep.equal(first);
      expect(await log.read('prices-twin')).to.have.length(1);
    });
  });

  describe('an Idempotency-Key whose node died between append and answer', () => {
    it('answers the first result though the stream has moved on, and appends nothing', async () => {
      const first = await handleCommand(
        host(),
        bind(setPrices),
        { kind: 'key', prices: [1] },
        meta({ idempotencyKey: 'k1' }),
      );
      await handleCommand(host(), bind(setPrices), { kind: 'key', prices: [2] }, meta());
      const head = await count();
      const again = await handleCommand(
        host(),
        bind(setPrices),
        { kind: 'key', prices: [1] },
        meta({ idempotencyKey: 'k1' }),
      );
      expect(again).to.deep.equal({ ...first, appended: 0 });
      expect(await count()).to.equal(head);
    });

    it('answers a create, which would otherwise be refused as existing', async () => {
      const first = await handleCommand(
        host(),
        bind(openList),
        { kind: 'key-new', prices: [5] },
        meta({ idempotencyKey: 'k2' }),
      );
      const again = await handleCommand(
        host(),
        bind(openList),
        { kind: 'key-new', prices: [5] },
        meta({ idempotencyKey: 'k2' }),
      );
      expect(again).to.deep.equal({ ...first, appended: 0 });
      const other = await failure(
        handleCommand(
          host(),
          bind(openList),
          { kind: 'key-new', prices: [5] },
          meta({ idempotencyKey: 'k3' }),
        ),
      );
      expect((other as Refused).refusal.refused).to.equal('already-exists');
    });

    it('lets each of two commands of one request answer for its own events', async () => {
      const key = { idempotencyKey: 'k4', commandId: 'one-request' };
      const opened = await handleCommand(host(), bind(openList), { kind: 'two', prices: [1] }, meta(key));
      // The node dies here: the request is sent again, and now its second command runs for the first time.
      expect(
        await handleCommand(host(), bind(openList), { kind: 'two', prices: [1] }, meta(key)),
      ).to.deep.equal(opened);
      const added = await handleCommand(host(), bind(setPrices), { kind: 'two', prices: [1, 2] }, meta(key));
      expect(added).to.deep.include({ result: { kind: 'two', prices: [1, 2] }, appended: 1 });
      // And once more, after the answer of the second was lost too.
      expect(
        await handleCommand(host(), bind(openList), { kind: 'two', prices: [1] }, meta(key)),
      ).to.deep.equal(opened);
      expect(
        await handleCommand(host(), bind(setPrices), { kind: 'two', prices: [1, 2] }, meta(key)),
      ).to.deep.equal({ ...added, appended: 0 });
      expect(await log.read('prices-two')).to.have.length(2);
    });
  });
});
