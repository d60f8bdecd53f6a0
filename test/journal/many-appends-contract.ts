import { expect } from 'chai';
import {
  InvalidAppend,
  LogUnavailable,
  MAX_APPEND_BYTES,
  NO_STREAM,
  WrongExpectedRevision,
  type StreamAppend,
} from '../../src/journal/event-log.ts';
import { someEvent, someEvents, type OpenedLog } from './contract.ts';
import { onceReachable } from './once-reachable.ts';

/** What every event log has to do with many appends at once: part of the contract of event logs. */
export function manyAppendsContract(opened: () => Pick<OpenedLog, 'log' | 'cutConnections'>): void {
  let made = 0;
  const fresh = () => `many-${++made}`;

  describe('many appends at once', () => {
    const newStreams = (count: number): StreamAppend[] =>
      Array.from({ length: count }, (_, n) => ({
        stream: fresh(),
        events: someEvents(1 + (n % 3)),
        expectedRevision: NO_STREAM,
      }));
    const idsIn = async (stream: string) => (await opened().log.read(stream)).map(({ id }) => id);
    const idsOf = (append: StreamAppend | undefined) => append?.events.map(({ id }) => id) ?? [];

    it('are answered in their order, each with its revision and position', async () => {
      const appends = newStreams(300);
      const answers = await opened().log.appendEach(appends);
      expect(answers).to.have.length(300);
      for (const [n, append] of appends.entries()) {
        const read = await opened().log.read(append.stream);
        expect(read.map(({ id }) => id)).to.deep.equal(idsOf(append));
        expect(answers[n]).to.deep.equal({ revision: read.length - 1, position: read.at(-1)?.position });
      }
      expect(await opened().log.appendEach(appends), 'again').to.deep.equal(answers);
      expect(await opened().log.appendEach([])).to.deep.equal([]);
    });

    it('fail each by itself, and the others are stored', async () => {
      const appends = newStreams(9);
      const [taken, behind, empty, large, later] = appends as [
        StreamAppend,
        StreamAppend,
        StreamAppend,
        StreamAppend,
        StreamAppend,
      ];
      await opened().log.append(taken.stream, someEvents(2), NO_STREAM);
      behind.expectedRevision = 4;
      empty.events = [];
      large.events = [someEvent('x'.repeat(MAX_APPEND_BYTES))];
      await opened().log.append(later.stream, someEvents(2), NO_STREAM);
      later.expectedRevision = 1;
      const answers = await opened().log.appendEach(appends);
      expect(answers[0]).to.be.instanceOf(WrongExpectedRevision);
      expect(answers[0]).to.include({ stream: taken.stream, expected: NO_STREAM, actual: 1 });
      expect(answers[1]).to.be.instanceOf(WrongExpectedRevision);
      expect(answers[1]).to.include({ stream: behind.stream, expected: 4, actual: NO_STREAM });
      expect(answers[2]).to.be.instanceOf(InvalidAppend);
      expect(answers[3]).to.be.instanceOf(InvalidAppend);
      expect(answers[4]).to.include({ revision: 1 + later.events.length });
      for (const append of appends.slice(5)) expect(await idsIn(append.stream)).to.deep.equal(idsOf(append));
      for (const { stream } of [behind, empty, large]) expect(await idsIn(stream)).to.deep.equal([]);
    });

    it('have one winner for each stream that several make at once', async () => {
      const streams = Array.from({ length: 60 }, fresh);
      const racers = [0, 1, 2].map((racer) =>
        (racer === 1 ? streams.toReversed() : streams).map((stream) => ({
          stream,
          events: [someEvent({ racer })],
          expectedRevision: NO_STREAM,
        })),
      );
      const answers = await Promise.all(racers.map((appends) => opened().log.appendEach(appends)));
      const won = answers.flatMap((each, racer) =>
        each.flatMap((answer, n) => {
          if (!(answer instanceof Error)) return racers[racer]?.[n] ?? [];
          expect(answer).to.be.instanceOf(WrongExpectedRevision);
          return [];
        }),
      );
      expect(new Set(won.map(({ stream }) => stream)).size).to.equal(60);
      expect(won).to.have.length(60);
      for (const append of won) expect(await idsIn(append.stream)).to.deep.equal(idsOf(append));
    });

    it('are stored once though their connection is cut and they are repeated', async () => {
      const appends = newStreams(200);
      const repeat = async () => {
        for (;;) {
          const answers = await opened().log.appendEach(appends);
          if (!answers.some((answer) => answer instanceof LogUnavailable)) return answers;
        }
      };
      const repeated = repeat();
      await opened().cutConnections();
      for (const answer of await repeated) expect(answer).to.not.be.instanceOf(Error);
      for (const append of appends)
        expect(await onceReachable(() => idsIn(append.stream))).to.deep.equal(idsOf(append));
    });
  });
}
