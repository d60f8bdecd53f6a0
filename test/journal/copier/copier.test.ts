import { expect } from 'chai';
import type { Sql } from '../../../src/database/db.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { LogMoved, NO_STREAM } from '../../../src/journal/event-log.ts';
import { confirmedEnd } from '../../../src/journal/copier/journal-copier.ts';
import { LogMismatch } from '../../../src/journal/log-mismatch.ts';
import { openPostgresLog } from '../../../src/journal/postgres-log.ts';
import { someEvent } from '../contract.ts';
import { expectedRows, openFollowing, type Following } from '../../support/journal/following.ts';
import { gate } from '../../support/runtime/gate.ts';

const some = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => someEvent({ n: from + n, text: 'ä "\\ \u0000 \ud800 😀\n' }));

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: unknown) => error,
  );
}

describe('the copier of EventStoreDB into the journal', () => {
  let following: Following;
  beforeEach(async () => {
    following = await openFollowing();
  });
  afterEach(() => following.close());

  const expectCopied = async () => {
    await following.copied();
    expect(await following.rows()).to.deep.equal(expectedRows(following.server));
  };
  /** A second opinion that no lock is needed: always granted. */
  const noLock = (): Sql =>
    Object.assign((async () => [{ held: true }]) as unknown as Sql, { end: async () => undefined });

  it('copies what is there and what comes, in order, word for word', async () => {
    await following.append('a', some(3));
    following.server.writeSystemEvent('$metadata');
    await following.append('b', some(2));
    following.copy();
    await expectCopied();
    for (let n = 0; n < 20; n++) await following.append(`c-${n % 3}`, some(1, n), Math.floor(n / 3) - 1);
    await expectCopied();
    expect(
      await following.sql`select 1 from journal where recorded_at <> '2026-05-01T00:00:00Z'`,
    ).to.have.length(0);
  });

  it('goes on where the journal ends after a stop, and after the server was restarted', async () => {
    const first = following.copy();
    await following.append('a', some(3));
    await following.copied();
    await first.stop();
    await following.append('b', some(2));
    following.copy();
    await expectCopied();
    await following.server.stop();
    await following.server.start();
    await following.append('c', some(2));
    following.server.dropSubscriptions('consumer-too-slow');
    await following.append('a', some(2), 2);
    await expectCopied();
  });

  it('goes on after its database connections were cut', async () => {
    following.copy();
    await following.append('a', some(3));
    await following.copied();
    await following.sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()
        and application_name in ('arcadia-cloud test', 'arcadia-locks')`;
    await following.append('b', some(3));
    await expectCopied();
  });

  it('stands by while another copies, and takes over when that one is gone', async () => {
    const first = following.copy();
    await following.append('a', some(1));
    await following.copied();
    following.copy();
    await first.stop();
    await following.append('b', some(1));
    await expectCopied();
  });

  it('lets a stale copier write nothing: several that believe to be alone copy each event once', async () => {
    const warnings: string[] = [];
    const logger = {
      ...silentLogger,
      warn: (_: unknown, message?: string) => {
        warnings.push(message ?? '');
      },
    };
    for (let n = 0; n < 3; n++) following.copy({ locks: noLock(), logger });
    for (let n = 0; n < 60; n++) await following.append(`s-${n}`, some(1 + (n % 3)));
    await expectCopied();
    expect(warnings).to.include('journal: another runner is active');
  });

  it('copies more than one statement holds: many events at once, and large ones', async () => {
    following.server.burst(4_500, (index) => ({
      type: 'Many',
      data: { index },
      metadata: someEvent().metadata,
    }));
    const large = Array.from({ length: 10 }, (_, n) => someEvent({ n, text: 'x'.repeat(900_000) }));
    for (const [n, event] of large.entries()) await following.append(`large-${n}`, [event]);
    following.copy();
    await expectCopied();
  });

  it('reports that the journal has come to a position, or has not in time', async () => {
    following.copy();
    const position = BigInt(await following.append('a', some(4)));
    expect(await following.copiedPosition.waitFor(position, 5_000)).to.equal(4);
    expect(await following.copiedPosition.waitFor(0n, 0)).to.equal(4);
    expect(await following.copiedPosition.waitFor(position + 1_000_000n, 20)).to.equal(null);
    following.server.writeSystemEvent('$statsCollected');
    expect(await following.copiedPosition.waitFor(await following.store.end(), 5_000)).to.equal(4);
    const [source] = await following.sql`select scanned::text from journal_source`;
    expect(source?.['scanned']).to.equal(String(await following.store.end()));
  });

  it("refuses a log that lacks the journal's last event, or has another one there", async () => {
    const copier = following.copy();
    await following.append('a', some(2));
    await following.copied();
    await copier.stop();
    await confirmedEnd(following.sql, following.source);
    await following.server.wipe();
    // The wipe has cut the connections, which one call has to find out.
    await following.store.end().catch(() => undefined);
    expect(await rejection(confirmedEnd(following.sql, following.source)))
      .to.be.instanceOf(LogMismatch)
      .with.property('message')
      .that.contains('no event at revision 1 of stream a');
    await following.append('a', some(2));
    expect(await rejection(confirmedEnd(following.sql, following.source)))
      .to.be.instanceOf(LogMismatch)
      .with.property('message')
      .that.contains('another event');
  });

  it('ends for good, once, when the log turns out to be another one while it runs', async () => {
    const mismatches: unknown[] = [];
    const ended = gate();
    following.copy({
      onMismatch: (error) => {
        mismatches.push(error);
        ended.open();
      },
    });
    await following.append('a', some(2));
    await following.copied();
    // Longer than before, so that the position alone shows nothing.
    await following.server.wipe();
    for (let n = 0; n < 5; n++) following.server.write('b', some(2));
    await ended.opened;
    expect(mismatches).to.have.length(1);
    expect(mismatches[0]).to.be.instanceOf(LogMismatch);
    expect(await following.rows()).to.have.length(2);
  });

  for (const [what, events, message] of [
    [
      'an event that the journal has already',
      [{ stream: 'b', revision: 0, again: true }],
      'holds events that the journal has elsewhere',
    ],
    ['a stream that goes on with a gap', [{ stream: 'a', revision: 7 }], 'stream a has a gap'],
    [
      'a stream that does not begin at its beginning',
      [{ stream: 'new', revision: 1 }],
      'stream new has a gap',
    ],
    [
      'a gap between two events of one batch',
      [
        { stream: 'new', revision: 0 },
        { stream: 'new', revision: 2 },
      ],
      'events are missing',
    ],
    [
      'another event at a revision that the journal has',
      [{ stream: 'a', revision: 1 }],
      'holds events that the journal has elsewhere',
    ],
  ] as const) {
    it(`ends at ${what}, and writes nothing of it`, async () => {
      const present = some(2);
      const copier = following.copy();
      await following.append('a', present);
      await following.copied();
      await copier.stop();
      const mismatch = new Promise((resolve) => {
        following.copy({
          onMismatch: resolve,
          source: {
            ...following.source,
            async *follow(after, signal) {
              const at = (after ?? 0n) + 1n;
              yield {
                scanned: at + 10n,
                events: events.map((event, n) => ({
                  ...someEvent(),
                  ...('again' in event ? { id: present[0]?.id as string } : {}),
                  stream: event.stream,
                  revision: event.revision,
                  position: at + BigInt(n),
                })),
              };
              await new Promise((resume) => {
                signal.addEventListener('abort', resume, { once: true });
              });
            },
          },
        });
      });
      expect(String(await mismatch)).to.contain(message);
      expect(await following.rows()).to.have.length(2);
    });
  }

  it('is the only writer of the journal, and refuses to write where the journal is the log', async () => {
    const log = await openPostgresLog(following.sql);
    const refused = await rejection(log.append('a', some(1), NO_STREAM));
    expect(refused)
      .to.be.instanceOf(LogMoved)
      .and.to.have.property('message', 'the log has moved to EventStoreDB: restart with EVENTSTORE_URL');
    expect(
      await rejection(
        Promise.resolve(
          following.sql`insert into journal
            (position, stream, revision, id, type, data, metadata, recorded_at)
            values (1, 'a', 0, gen_random_uuid(), 't', '{}', '{}', now())`,
        ),
      ),
    ).to.have.property('code', 'ARC01');
    await following.sql`update journal_source set kind = 'journal'`;
    const mismatch = new Promise((resolve) => {
      following.copy({ onMismatch: resolve });
    });
    await following.append('a', some(1));
    expect(String(await mismatch)).to.contain('the journal is the log itself');
    expect(await following.rows()).to.have.length(0);
    await log.append('a', some(1), NO_STREAM);
    expect(await following.rows()).to.have.length(1);
  });
});
