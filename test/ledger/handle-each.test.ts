import { expect } from 'chai';
import { bind, defaultLimits, defineCommand } from '../../src/ledger/command.ts';
import type { CommandHost } from '../../src/ledger/handle-command.ts';
import { handleEach } from '../../src/ledger/handle-each.ts';
import type { CommandMeta } from '../../src/ledger/ledger.ts';
import { refuse } from '../../src/ledger/refusal.ts';
import type { EventOf, NewEvent, StreamEvent } from '../../src/events/define.ts';
import type { resourcePriceEvents } from '../../src/events/catalog.ts';
import {
  LogUnavailable,
  NO_STREAM,
  WrongExpectedRevision,
  type Appended,
  type EventLog,
  type StreamAppend,
} from '../../src/journal/event-log.ts';
import { admin } from '../support/commands/command-spec.ts';
import { countingIds } from '../support/ledger/counting-ids.ts';

type PriceEvent = EventOf<typeof resourcePriceEvents>;
interface Input {
  kind: string;
  price: number;
}

const prices = {
  name: 'prices',
  initialState: [] as number[],
  evolve: (state: number[], { data }: PriceEvent) => [...state, data.price_cents],
};

/** Sets the first price of a kind; 13 is refused, and 0 changes nothing. */
const setFirst = defineCommand({
  name: 'set-first',
  aggregate: prices,
  stream: ({ kind }: Input) => `prices-${kind}`,
  assumesNew: true,
  decide: (state: number[], { kind, price }: Input) => {
    if (state.length > 0 || price === 0) return [];
    if (price === 13) return refuse('conflict', 'thirteen');
    const data = { resource_kind: kind, unit: 'gb', price_cents: price, effective_from: '2026-01-01' };
    return [{ type: 'ResourcePriceSet' as const, data }];
  },
  result: (state: number[]) => state,
});

describe('handling a command for each of many inputs', () => {
  let streams: Map<string, StreamEvent[]>;
  /** The streams of each call of the log's, and each read. */
  let calls: (string[] | string)[];
  let position: number;
  beforeEach(() => {
    streams = new Map();
    calls = [];
    position = 0;
  });

  const store = (stream: string, events: readonly NewEvent[], expected: number): Appended => {
    const present = streams.get(stream) ?? [];
    if (present.length - 1 !== expected)
      throw new WrongExpectedRevision(stream, expected, present.length - 1);
    const added = events.map((event, n) => ({
      ...event,
      stream,
      revision: present.length + n,
      position: String(++position),
    }));
    streams.set(stream, [...present, ...added]);
    return { revision: present.length + added.length - 1, position: String(position) };
  };
  const log: EventLog = {
    id: 'log',
    concurrency: 2,
    append: async (stream, events, expected) => {
      calls.push(`append ${stream}`);
      return store(stream, events, expected);
    },
    appendEach: async (appends) => {
      calls.push(appends.map(({ stream }) => stream));
      return appends.map(({ stream, events, expectedRevision }: StreamAppend) => {
        try {
          return store(stream, events, expectedRevision);
        } catch (error) {
          return error as Error;
        }
      });
    },
    read: async (stream) => {
      calls.push(`read ${stream}`);
      return streams.get(stream) ?? [];
    },
    head: async () => String(position),
    isPosition: () => true,
    journaled: async (at) => Number(at),
  };
  const newId = countingIds('fallback');
  const host = (over: Partial<CommandHost> = {}) => ({
    currency: 'AUD',
    limits: defaultLimits,
    now: () => '2026-05-01T10:00:00.000Z',
    loadContext: async () => undefined,
    log,
    newId,
    ...over,
  });
  const meta: CommandMeta = { actor: admin, correlationId: 'request', commandId: 'batch' };
  const each = (inputs: Input[], over: Partial<CommandMeta> = {}) =>
    handleEach(host(), bind(setFirst), inputs, { ...meta, ...over });
  const events = (kind: string) => streams.get(`prices-${kind}`) ?? [];

  it('appends new streams at once, without a read, and answers in order', async () => {
    const answers = await each([
      { kind: 'a', price: 1 },
      { kind: 'b', price: 2 },
    ]);
    expect(calls).to.deep.equal([['prices-a', 'prices-b']]);
    expect(answers).to.deep.equal([
      { result: [1], position: 'log:1', appended: 1 },
      { result: [2], position: 'log:2', appended: 1 },
    ]);
    expect(events('b')[0]?.metadata).to.deep.equal({
      actor: admin,
      correlation_id: 'request',
      causation_id: 'batch',
      command: 'set-first',
      schema_version: 1,
      recorded_at: '2026-05-01T10:00:00.000Z',
    });
  });

  it('names the events by the execution, as neighbours', async () => {
    const inputs = Array.from({ length: 300 }, (_, n) => ({ kind: `k${n}`, price: 1 }));
    const ids = async (commandId: string) => {
      streams = new Map();
      await each(inputs, { commandId });
      return inputs.map(({ kind }) => events(kind)[0]?.id as string);
    };
    const first = await ids('one');
    expect(first).to.deep.equal(first.toSorted());
    expect(new Set(first).size).to.equal(300);
    expect(new Set(first.map((id) => id.slice(0, -3))).size).to.equal(1);
    for (const id of first)
      expect(id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await ids('one')).to.deep.equal(first);
    expect((await ids('two')).filter((id) => first.includes(id))).to.deep.equal([]);
  });

  it('shares one object of metadata, so that it is encoded once', async () => {
    await each([
      { kind: 'a', price: 1 },
      { kind: 'b', price: 2 },
    ]);
    expect(events('a')[0]?.metadata).to.equal(events('b')[0]?.metadata);
  });

  it('runs by itself what the batch refused, left out or lost, after a look at its stream', async () => {
    store('prices-known', [await newKnown()], NO_STREAM);
    calls = [];
    const answers = await each([
      { kind: 'known', price: 5 },
      { kind: 'new', price: 1 },
      { kind: 'new', price: 2 },
      { kind: 'none', price: 0 },
      { kind: 'twice', price: 13 },
      { kind: 'twice', price: 3 },
      { kind: 'last', price: 4 },
    ]);
    expect(calls[0]).to.deep.equal(['prices-known', 'prices-new', 'prices-last']);
    expect(
      answers.map((answer) => ('refused' in answer ? answer.refused : [answer.appended, answer.result])),
    ).to.deep.equal([[0, [9]], [1, [1]], [0, [1]], [0, []], 'conflict', [1, [3]], [1, [4]]]);
    expect(calls.filter((call) => call === 'append prices-known')).to.deep.equal([]);
    const [ofBatch, ofItsOwn] = [events('new')[0], events('twice')[0]];
    expect(ofItsOwn?.metadata.causation_id).to.not.equal(ofBatch?.metadata.causation_id);
  });
  const newKnown = async () => {
    await handleEach(host(), bind(setFirst), [{ kind: 'pattern', price: 9 }], meta);
    const [{ stream: _s, revision: _r, position: _p, ...event }] = events('pattern') as [StreamEvent];
    return event;
  };

  it('runs a command that does not assume a new stream for each by itself', async () => {
    const careful = defineCommand({ ...setFirst, name: 'careful', assumesNew: false });
    const inputs = [
      { kind: 'a', price: 1 },
      { kind: 'b', price: 13 },
    ];
    const answers = await handleEach(host(), bind(careful), inputs, meta);
    expect(answers[0]).to.include({ appended: 1 });
    expect(answers[1]).to.deep.equal({ refused: 'conflict', detail: 'thirteen' });
    expect(calls).to.have.members(['read prices-a', 'append prices-a', 'read prices-b']);
  });

  it('recognises by the Idempotency-Key what an earlier run has appended', async () => {
    const inputs = [{ kind: 'a', price: 1 }];
    await each(inputs, { idempotencyKey: 'key' });
    const again = await each(inputs, { idempotencyKey: 'key', commandId: 'again' });
    expect(again).to.deep.equal([{ result: [1], position: 'log:1', appended: 0 }]);
    expect(events('a')).to.have.length(1);
  });

  it('ends with the error of a log that is away, and runs nothing after it', async () => {
    const away = new LogUnavailable('away');
    const broken: EventLog = { ...log, appendEach: async (appends) => appends.map(() => away) };
    const inputs = [
      { kind: 'a', price: 1 },
      { kind: 'b', price: 13 },
    ];
    const error = await handleEach(host({ log: broken }), bind(setFirst), inputs, meta).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.equal(away);
    expect(calls).to.deep.equal([]);
  });
});
