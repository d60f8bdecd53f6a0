import {
  AccessDeniedError,
  DeadlineExceededError,
  NotLeaderError,
  StreamNotFoundError,
  TimeoutError,
  UnavailableError,
  UnknownError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { expect } from 'chai';
import { AccessRefused, LogUnavailable, NO_STREAM } from '../../../src/journal/event-log.ts';
import { openEventStore } from '../../../src/journal/eventstoredb/client.ts';
import { troubleOf } from '../../../src/journal/eventstoredb/errors.ts';
import { followAll } from '../../../src/journal/eventstoredb/follow.ts';
import { openEventStoreLog } from '../../../src/journal/eventstoredb/log.ts';
import { InvalidConnectionString } from '../../../src/journal/eventstoredb/url.ts';
import { startProtocolServer } from '../../support/journal/eventstoredb/index.ts';
import { rejection, someEvent } from '../contract.ts';

const journal = { waitFor: async () => null };

function thrownBy(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}

describe('the connection to EventStoreDB', () => {
  describe('11: one client a process', () => {
    it('is shared by users of one connection string until the last leaves; another is refused', async () => {
      const [one, other] = ['esdb://127.0.0.1:1?tls=false', 'esdb://127.0.0.1:2?tls=false'];
      const first = openEventStore(one);
      const second = openEventStore(one);
      expect(second.client).to.equal(first.client);
      expect(thrownBy(() => openEventStore(other)).message).to.contain('another EventStoreDB');
      await first.close();
      await first.close();
      expect(() => openEventStore(other)).to.throw('another EventStoreDB');
      await second.close();
      const third = openEventStore(other);
      expect(third.client).to.not.equal(first.client);
      await third.close();
      expect(await rejection(third.end()))
        .to.be.an('error')
        .with.property('message')
        .that.contains('closed');
    });
  });

  describe('13: errors by class and by code', () => {
    const raw = (code: number, message = '') =>
      Object.assign(new Error(message), { code, details: message, metadata: undefined });
    const cases: [string, unknown, string][] = [
      ['no connection', new UnavailableError(), 'unavailable'],
      ['a raw code 14', raw(14), 'unavailable'],
      ['a server going down', Object.assign(new UnknownError(), { code: 13 }), 'unavailable'],
      ['a raw code 13', raw(13), 'unavailable'],
      ['a deadline', new DeadlineExceededError(), 'unavailable'],
      ['a raw code 4', raw(4), 'unavailable'],
      ['too slow', new TimeoutError(), 'unavailable'],
      ['another leader', Object.create(NotLeaderError.prototype), 'unavailable'],
      ['a channel that is closed', new Error('Channel has been shut down'), 'unavailable'],
      ['no node discovered', new Error('Failed to discover after 10 attempts.'), 'unavailable'],
      ['a broken socket', Object.assign(new Error(), { code: 'ECONNRESET' }), 'unavailable'],
      ['a handler that threw', raw(2), 'unknown'],
      ['refused credentials', raw(16), 'denied'],
      ['a refused action', new AccessDeniedError(), 'denied'],
      ['a raw code 7', raw(7), 'denied'],
      ['no stream', new StreamNotFoundError(undefined, 's'), 'not_found'],
      ['a conflict', Object.create(WrongExpectedVersionError.prototype), 'wrong_revision'],
      ['a programming error', new TypeError('x'), 'other'],
      ['no error at all', null, 'other'],
    ];
    for (const [what, error, trouble] of cases)
      it(`${what}: ${trouble}`, () => {
        expect(troubleOf(error)).to.equal(trouble);
      });
  });

  describe('the connection string', () => {
    const refused: Record<string, string> = {
      'another scheme': 'http://admin:s3cret@host:2113',
      'nothing behind the scheme': 'esdb://',
      'a port that is not a number': 'esdb://admin:s3cret@host:port',
      'an @ in the password': 'esdb://admin:s3cret@rest@host:2113',
      'a : in the password': 'esdb://admin:s3cret:rest@host:2113',
      'a name without a password': 'esdb://s3cret@host:2113',
      'an unknown option': 'esdb://admin:s3cret@host:2113?s3cret=1',
      'an option without a value': 'esdb://admin:s3cret@host:2113?tls',
      'an option of another type': 'esdb://admin:s3cret@host:2113?tls=s3cret',
      'unverified certificates': 'esdb://admin:s3cret@host:2113?tlsVerifyCert=false',
      'a missing CA file': 'esdb://admin:s3cret@host:2113?tlsCAFile=/nowhere/ca.pem',
      'broken percent-encoding': 'esdb://admin:s3cret%@host:2113',
    };
    const successors = Object.entries(refused)
      .filter(([, url]) => url.startsWith('esdb'))
      .map(([what, url]) => [`${what}, by its new name`, url.replace('esdb', 'kurrentdb')] as const);
    for (const [what, url] of [...Object.entries(refused), ...successors]) {
      it(`with ${what} is refused, without quoting it`, () => {
        const warnings: unknown[][] = [];
        const { warn } = console;
        console.warn = (...args: unknown[]) => {
          warnings.push(args);
        };
        let error: Error;
        try {
          error = thrownBy(() => openEventStore(url));
        } finally {
          console.warn = warn;
        }
        expect(error).to.be.instanceOf(InvalidConnectionString);
        expect(
          [
            error.message,
            error.stack,
            JSON.stringify(error),
            JSON.stringify(warnings),
            String(error.cause),
          ].join('\n'),
        )
          .to.not.contain('s3cret')
          .and.to.not.contain('admin');
      });
    }

    it('may name a cluster, an escaped password, and every option of the client', async () => {
      for (const [url, clustered] of [
        ['esdb://a:p%40ss%3A@one:2113,two:2113,three?nodePreference=leader&keepAliveInterval=20000', true],
        ['esdb+discover://cluster.example/?gossipTimeout=3', true],
        ['kurrentdb://a:p%40ss%3A@one:2113,two:2113?nodePreference=leader', true],
        ['kurrentdb+discover://cluster.example', true],
        ['kdb://localhost?tls=false', false],
        ['kdb+discover://cluster.example', true],
        ['kurrent://localhost', false],
        ['esdb://localhost', false],
        ['esdb://localhost:2113/?tls=false&connectionName=x', false],
      ] as const) {
        const store = openEventStore(url);
        expect(store.clustered, url).to.equal(clustered);
        await store.close();
      }
    });
  });

  describe('TLS and credentials', () => {
    it('come from the connection string, for appends, reads and following', async () => {
      const server = await startProtocolServer({
        tls: true,
        credentials: { user: 'ledger', password: 'a@b:c/d' },
      });
      const store = openEventStore(server.url);
      try {
        const log = openEventStoreLog({ store, id: 'log', journal });
        await log.append('a', [someEvent()], NO_STREAM);
        expect(await log.read('a')).to.have.length(1);
        for await (const batch of followAll(store, { after: null })) if (batch.events.length === 1) break;
      } finally {
        await store.close();
        await server.close();
      }
    });

    it('that the server refuses differ from a server that is away, and are not quoted', async () => {
      const server = await startProtocolServer({
        tls: true,
        credentials: { user: 'ledger', password: 'right' },
      });
      const store = openEventStore(server.url.replace('right', 'wr0ng'));
      try {
        const log = openEventStoreLog({ store, id: 'log', journal });
        const following = (async () => {
          for await (const batch of followAll(store, { after: null })) expect(batch).to.equal(undefined);
        })();
        // All at once: a rejection without a handler would fail the test.
        const calls = [log.append('a', [someEvent()], NO_STREAM), log.read('a'), log.head(), following];
        for (const error of (await Promise.all(calls.map(rejection))) as Error[]) {
          expect(error).to.be.instanceOf(AccessRefused);
          expect(`${error.stack}${(error.cause as Error).stack}`)
            .to.not.contain('wr0ng')
            .and.to.not.contain(Buffer.from('ledger:wr0ng').toString('base64'));
        }
      } finally {
        await store.close();
        await server.close();
      }
    });

    it('a certificate that nothing vouches for is not accepted', async () => {
      const server = await startProtocolServer({ tls: true });
      const store = openEventStore(`esdb://127.0.0.1:${server.port}?tls=true`, { deadlineMs: 1_000 });
      try {
        const error = await rejection(store.end());
        expect(error).to.be.instanceOf(LogUnavailable);
        expect(String(error), 'the reason').to.match(/\(.*certificate.*\)$/);
      } finally {
        await store.close();
        await server.close();
      }
    });

    it('an address without a server is named', async () => {
      const store = openEventStore('esdb://admin:secret@127.0.0.1:1?tls=false', { deadlineMs: 1_000 });
      try {
        expect(String(await rejection(store.end())))
          .to.contain('(connect ECONNREFUSED 127.0.0.1:1)')
          .and.to.not.contain('secret');
      } finally {
        await store.close();
      }
    });

    it('a server is reached by the names of its successor, too', async () => {
      const server = await startProtocolServer();
      const urls = [server.url.replace('esdb', 'kurrentdb'), server.discoveryUrl.replace('esdb', 'kdb')];
      for (const [n, url] of urls.entries()) {
        const store = openEventStore(url);
        const log = openEventStoreLog({ store, id: 'log', journal });
        expect(await log.append(`s-${n}`, [someEvent()], NO_STREAM)).to.include({ revision: 0 });
        expect(await log.read(`s-${n}`)).to.have.length(1);
        await store.close();
      }
      await server.close();
    });

    it('a server is found by discovery too', async () => {
      const server = await startProtocolServer();
      const store = openEventStore(server.discoveryUrl);
      try {
        const log = openEventStoreLog({ store, id: 'log', journal });
        await server.stop();
        const late = log.append('a', [someEvent()], NO_STREAM);
        await server.start();
        expect(await late).to.include({ revision: 0 });
      } finally {
        await store.close();
        await server.close();
      }
    });
  });
});
