import { expect } from 'chai';
import { startupOf } from '../../../src/database/postgres-repairs/stuck-timer.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';
import { openRelay, type Relay } from '../../support/database/relay.ts';
import { libraryAlone } from '../../support/database/library-alone.ts';

describe('a connection that closes with something unsent', () => {
  let database: TestDatabase;
  let relay: Relay;
  before(async () => {
    database = await createTestDatabase();
    relay = await openRelay(database.connect({ max: 1 }));
  });
  after(async () => {
    await relay.close();
    await database.drop();
  });

  const startup = Buffer.concat([Buffer.from([0, 0, 0, 17, 0, 3, 0, 0]), Buffer.from('user\0me\0\0')]);

  it('cuts what a former connection left unsent before the startup message', () => {
    const leftover = Buffer.concat([Buffer.from('Q\0\0\0\x0dselect 1\0'), Buffer.from([0, 3, 0, 0])]);
    expect(startupOf(Buffer.concat([leftover, startup]))).to.deep.equal(startup);
    expect(startupOf(startup)).to.deep.equal(startup);
  });

  it('leaves a request for TLS as it is', () => {
    const request = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
    expect(startupOf(request)).to.deep.equal(request);
  });

  it('the library alone never connects again', async () => {
    // Two connections close in one turn, and the close of the first brings a query to the second.
    const { stdout } = await libraryAlone(
      relay.target,
      `const sockets = [];
      const socket = ({ host: [host], port: [port] }) => new Promise((resolve) => {
        const opened = dial({ host, port }, () => resolve(opened));
        sockets.push(opened);
      });
      const sql = open({ max: 2, connect_timeout: 1, socket });
      const two = () => Promise.allSettled([sql\`select pg_sleep(0.1)\`, sql\`select pg_sleep(0.1)\`]);
      await two();
      let asked;
      for (const each of sockets)
        each.prependOnceListener('close', () => { asked ??= sql\`select 1\`.catch(() => undefined); });
      for (const each of sockets) each.destroy();
      await sleep(100);
      const rounds = [];
      for (const _ of [1, 2]) {
        rounds.push((await two()).map(({ reason }) => reason?.code ?? 'answered').sort().join());
        await sleep(100);
      }
      say(rounds.join(' '));`,
    );
    expect(stdout).to.equal('CONNECT_TIMEOUT,answered CONNECT_TIMEOUT,answered');
  });
});
