import { expect } from 'chai';
import type { NewEvent } from '../../src/events/define.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import {
  InvalidAppend,
  MAX_APPEND_BYTES,
  NO_STREAM,
  WrongExpectedRevision,
  type Appended,
  type EventLog,
} from '../../src/journal/event-log.ts';
import { onceReachable } from './once-reachable.ts';
import { manyAppendsContract } from './many-appends-contract.ts';

let counter = 0;

/** A new event of no particular meaning. */
export function someEvent(
  data: unknown = {},
  id = idFrom('contract', ++counter, process.pid, Date.now()),
): NewEvent {
  return {
    id,
    type: 'Something',
    data,
    metadata: {
      actor: { sub: 'tester', tenant_id: null, roles: [] },
      correlation_id: 'c',
      causation_id: 'c',
      command: 'test',
      schema_version: 1,
      recorded_at: '2026-05-01T00:00:00.000Z',
    },
  };
}

/** New events, numbered. */
export const someEvents = (count: number): NewEvent[] =>
  Array.from({ length: count }, (_, n) => someEvent({ n }));

/** What a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('expected a rejection');
}

/** An empty log; `cutConnections` breaks every connection between it and its server, as a network does. */
export interface OpenedLog {
  log: EventLog;
  close: () => Promise<void>;
  cutConnections: () => Promise<void>;
}

/** An append whose outcome is unknown is repeated, with the same ids and revision. */
const appendUntilKnown = (
  log: EventLog,
  stream: string,
  events: readonly NewEvent[],
  expectedRevision: number,
): Promise<Appended> => onceReachable(() => log.append(stream, events, expectedRevision));

/** What every event log has to do. `open` gives an empty log. */
export function eventLogContract(name: string, open: () => Promise<OpenedLog>): void {
  describe(`event log contract: ${name}`, () => {
    let log: EventLog;
    let close: () => Promise<void>;
    let cutConnections: () => Promise<void>;
    let n = 0;
    const fresh = () => `contract-${++n}`;
    /** Positions are decimal numbers on every log, each with steps of its own. */
    const place = (position: string) => {
      expect(log.isPosition(position), position).to.equal(true);
      return BigInt(position);
    };

    before(async () => {
      ({ log, close, cutConnections } = await open());
    });
    after(() => close());

    it('appends to a new stream and reads it back in order, data and metadata unchanged', async () => {
      const stream = fresh();
      const events = [
        someEvent({ a: 1, ключ: 'значение 🚀 " \\ \n', nested: { list: [1, null, 'x'] } }),
        someEvent({ b: '\u0001' }),
      ];
      const appended = await log.append(stream, events, NO_STREAM);
      expect(appended).to.include({ revision: 1 });
      const read = await log.read(stream);
      expect(
        read.map(({ id, type, data, metadata, revision }) => ({ id, type, data, metadata, revision })),
      ).to.deep.equal(events.map((event, revision) => ({ ...event, revision })));
      expect(read[1]?.position).to.equal(appended.position);
    });

    it('keeps text that Postgres would refuse elsewhere: U+0000 and lone surrogates', async () => {
      const stream = fresh();
      await log.append(stream, [someEvent({ text: 'a\u0000b\ud800c' })], NO_STREAM);
      expect((await log.read(stream))[0]?.data).to.deep.equal({ text: 'a\u0000b\ud800c' });
    });

    manyAppendsContract(() => ({ log, cutConnections }));

    it('answers an empty list for a stream that does not exist', async () => {
      expect(await log.read(fresh())).to.deep.equal([]);
    });

    it('reads from a revision on', async () => {
      const stream = fresh();
      await log.append(stream, someEvents(5), NO_STREAM);
      expect((await log.read(stream, 3)).map((event) => event.revision)).to.deep.equal([3, 4]);
    });

    it('refuses another revision than the expected one, names both, and writes nothing', async () => {
      const stream = fresh();
      await log.append(stream, someEvents(2), NO_STREAM);
      for (const expected of [NO_STREAM, 0, 2, 7]) {
        const error = await rejection(log.append(stream, [someEvent()], expected));
        expect(error).to.be.instanceOf(WrongExpectedRevision);
        expect(error).to.include({ stream, expected, actual: 1 });
      }
      const missing = await rejection(log.append(fresh(), [someEvent()], 0));
      expect(missing).to.be.instanceOf(WrongExpectedRevision).and.include({ actual: NO_STREAM });
      expect(await log.read(stream)).to.have.length(2);
    });

    it('answers the same events appended again as the first time, also after later appends', async () => {
      const stream = fresh();
      const first = [someEvent(), someEvent()];
      const once = await log.append(stream, first, NO_STREAM);
      const again = await log.append(stream, first, NO_STREAM);
      expect(again).to.deep.equal(once);
      await log.append(stream, [someEvent()], 1);
      expect(await log.append(stream, first, NO_STREAM)).to.deep.equal(once);
      expect(await log.read(stream)).to.have.length(3);
    });

    it('answers the beginning of an earlier append as that beginning, and writes nothing', async () => {
      const stream = fresh();
      const events = someEvents(3);
      await log.append(stream, events, NO_STREAM);
      const beginning = await log.append(stream, events.slice(0, 2), NO_STREAM);
      const read = await log.read(stream);
      expect(beginning).to.deep.equal({ revision: 1, position: read[1]?.position });
      expect(read.map((event) => event.id)).to.deep.equal(events.map((event) => event.id));
    });

    it('does not mistake other events, or more of them, for a retry', async () => {
      const stream = fresh();
      const first = someEvents(2);
      await log.append(stream, first, NO_STREAM);
      expect(await rejection(log.append(stream, someEvents(2), NO_STREAM))).to.be.instanceOf(
        WrongExpectedRevision,
      );
      expect(await rejection(log.append(stream, [...first, someEvent()], NO_STREAM))).to.be.instanceOf(
        WrongExpectedRevision,
      );
    });

    it('lets one of many racing creators win', async () => {
      const stream = fresh();
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, () => log.append(stream, [someEvent()], NO_STREAM)),
      );
      expect(results.filter((result) => result.status === 'fulfilled')).to.have.length(1);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).to.be.instanceOf(WrongExpectedRevision);
      expect(await log.read(stream)).to.have.length(1);
    });

    it('decides two appends to one stream that wait together one after the other', async () => {
      const stream = fresh();
      const [first, second, third] = await Promise.allSettled([
        log.append(stream, [someEvent({ n: 0 })], NO_STREAM),
        log.append(stream, [someEvent({ n: 1 })], 0),
        log.append(stream, [someEvent({ n: 2 })], 5),
      ]);
      expect([first.status, second.status, third.status]).to.deep.equal([
        'fulfilled',
        'fulfilled',
        'rejected',
      ]);
      expect((await log.read(stream)).map((event) => event.data)).to.deep.equal([{ n: 0 }, { n: 1 }]);
    });

    it('takes many concurrent writers on their own streams without losing or mixing an event', async () => {
      const streams = Array.from({ length: 50 }, fresh);
      await Promise.all(
        streams.map(async (stream) => {
          for (let revision = NO_STREAM; revision < 9; revision += 2)
            await log.append(stream, [someEvent({ stream }), someEvent({ stream })], revision);
        }),
      );
      const positions = new Set<string>();
      for (const stream of streams) {
        const events = await log.read(stream);
        expect(events.map((event) => event.revision)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        for (const event of events) {
          expect(event.data).to.deep.equal({ stream });
          positions.add(event.position);
        }
      }
      expect(positions.size).to.equal(500);
    });

    it('answers the same events appended by many at once as one append', async () => {
      const stream = fresh();
      const events = someEvents(2);
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => log.append(stream, events, NO_STREAM)),
      );
      for (const answer of answers) expect(answer).to.deep.equal(answers[0]);
      expect(await log.read(stream)).to.have.length(2);
    });

    it('reads a long stream whole and in order', async () => {
      const stream = fresh();
      for (let part = 0; part < 3; part++)
        await log.append(
          stream,
          Array.from({ length: 400 }, (_, n) => someEvent({ n: part * 400 + n })),
          part * 400 - 1,
        );
      const numbers = Array.from({ length: 1_200 }, (_, n) => n);
      expect((await log.read(stream)).map((event) => (event.data as { n: number }).n)).to.deep.equal(numbers);
      expect((await log.read(stream, 700)).map((event) => event.revision)).to.deep.equal(numbers.slice(700));
      expect(await log.read(stream, 1_200)).to.deep.equal([]);
    });

    it('appends once what is repeated because its connection was cut before the answer', async () => {
      const streams = Array.from({ length: 30 }, fresh);
      const writers = streams.map(async (stream) => {
        for (let revision = NO_STREAM; revision < 9; revision++)
          await appendUntilKnown(log, stream, [someEvent({ revision })], revision);
      });
      for (let cut = 0; cut < 3; cut++) {
        await log.read(streams[0] as string).catch(() => undefined);
        await cutConnections();
      }
      await Promise.all(writers);
      for (const stream of streams) {
        // The last cut may still be felt.
        const events = await onceReachable(() => log.read(stream));
        expect(events.map((event) => event.data)).to.deep.equal(
          Array.from({ length: 10 }, (_, n) => ({ revision: n - 1 })),
        );
      }
    });

    it('goes on into the journal after its connections were cut, every event once', async () => {
      const before = await log.append(fresh(), [someEvent()], NO_STREAM);
      const at = (await log.journaled(before.position, 5_000)) as number;
      await cutConnections();
      const after = await appendUntilKnown(log, fresh(), someEvents(3), NO_STREAM);
      expect(await log.journaled(after.position, 10_000)).to.equal(at + 3);
    });

    it('refuses an empty append, one event twice, and more than the limit; takes the limit', async () => {
      const stream = fresh();
      expect(await rejection(log.append(stream, [], NO_STREAM))).to.be.instanceOf(InvalidAppend);
      const twice = someEvent();
      expect(await rejection(log.append(stream, [twice, twice], NO_STREAM))).to.be.instanceOf(InvalidAppend);
      expect(
        await rejection(log.append(stream, [someEvent('x'.repeat(MAX_APPEND_BYTES))], NO_STREAM)),
      ).to.be.instanceOf(InvalidAppend);
      expect(await log.read(stream)).to.deep.equal([]);
      await log.append(stream, [someEvent('x'.repeat(MAX_APPEND_BYTES - 1_000))], NO_STREAM);
    });

    it('has a head that is never behind an acknowledged append', async () => {
      const { position } = await log.append(fresh(), [someEvent()], NO_STREAM);
      expect(place(await log.head()) >= place(position)).to.equal(true);
    });

    it('has its events in the journal, in order, soon after acknowledging them', async () => {
      const first = await log.append(fresh(), someEvents(3), NO_STREAM);
      const at = await log.journaled(first.position, 5_000);
      const second = await log.append(fresh(), [someEvent()], NO_STREAM);
      expect(at).to.be.a('number');
      expect(await log.journaled(second.position, 5_000)).to.equal((at as number) + 1);
    });

    it('knows its own positions from other text', () => {
      for (const text of ['', 'abc', '-1', '1.5', '1e3']) expect(log.isPosition(text), text).to.equal(false);
    });
  });
}
