import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findRedisProgram } from '../../src/embedded/redis-program.ts';
import { fakeApt, type FakeApt } from '../support/set-up/fake-apt.ts';

const run = promisify(execFile);

describe('the set-up of Redis', function () {
  if (process.platform !== 'linux') return;
  let apt: FakeApt;

  /** Runs the step with nothing but our programs in PATH, and returns what it printed. */
  const setUp = (options: Record<string, unknown> = {}, env: Record<string, string> = {}): Promise<string> =>
    apt.call('redis.mjs', 'ensureRedis', { port: 1, ...options }, env);
  const found = (): Promise<string | null> => findRedisProgram(apt.directory);

  beforeEach(async () => {
    apt = await fakeApt('redis-server');
  });

  afterEach(() => apt.close());

  it('installs the package with services forbidden to start, and disables its own', async () => {
    await apt.program('systemctl', '#!/bin/sh\necho "systemctl $*" >> "$FAKES/calls"\n');
    expect(await setUp()).to.equal('Installing Redis for the job queues (apt-get install redis-server) …\n');
    expect(await apt.calls()).to.deep.equal([
      'download exit 101 noninteractive',
      'install exit 101 noninteractive',
      'systemctl disable redis-server.service',
    ]);
    expect(await apt.policyIsLeft()).to.equal(false);
    expect(await found()).to.equal(join(apt.directory, 'redis-server'));
    expect(await setUp()).to.equal('');
  });

  it('brings the lists of packages up to date only where that is needed', async () => {
    await apt.touch('old-lists');
    await setUp();
    expect((await apt.calls()).map((call) => call.split(' ')[0])).to.deep.equal([
      'download',
      'update',
      'download',
      'install',
    ]);
    expect(await found()).to.not.equal(null);
  });

  it('keeps the policy of the machine, and removes one that it had left behind itself', async () => {
    await apt.program('policy-rc.d', '#!/bin/sh\nexit 104\n');
    await setUp();
    expect((await apt.calls())[0]).to.equal('download exit 104 noninteractive');
    expect(await apt.policyIsLeft()).to.equal(true);
    await apt.remove('redis-server');
    await apt.program(
      'policy-rc.d',
      '#!/bin/sh\n# For as long as arcadia-cloud installs a package: it starts no service.\nexit 101\n',
    );
    await setUp();
    expect(await apt.policyIsLeft()).to.equal(false);
  });

  it('says why an installation failed, exits with 0 all the same, and leaves no policy', async () => {
    await apt.touch('broken');
    expect(await setUp()).to.match(/could not be installed:\n(.*\n)* {2}E: the disk is full\n$/);
    expect(await apt.policyIsLeft()).to.equal(false);
  });

  it('asks sudo where it is not root, and only if that needs no password', async () => {
    await apt.program(
      'sudo',
      '#!/bin/sh\necho "sudo $1 $2" >> "$FAKES/calls"; shift; test -e "$FAKES/password" && exit 1; ' +
        'if [ "$1" = true ]; then exit 0; fi; exec "$@"\n',
    );
    await apt.touch('password');
    expect(await setUp({ root: false })).to.equal('');
    expect(await apt.calls()).to.deep.equal(['sudo -n true']);
    await apt.remove('password');
    await setUp({ root: false });
    expect((await apt.calls()).slice(1, 3)).to.deep.equal(['sudo -n true', 'sudo -n sh']);
    expect(await found()).to.not.equal(null);
  });

  it('does nothing, and prints nothing, where there is no need or no way', async () => {
    const server = createServer((socket) => {
      socket.once('data', () => {
        socket.end('+PONG\r\n');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    expect(await setUp({ port: (server.address() as AddressInfo).port })).to.equal('');
    server.close();
    expect(await setUp({}, { REDIS_URL: 'redis://redis.example.com' })).to.equal('');
    expect(await setUp({ root: false })).to.equal('');
    await apt.program('valkey-server', '#!/bin/sh\n');
    expect(await setUp()).to.equal('');
    await apt.remove('valkey-server');
    await apt.remove('apt-get');
    expect(await setUp()).to.equal('');
    expect(await apt.calls()).to.deep.equal([]);
  });

  it('belongs to the tasks that use queues, not to the command line', async () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const tasks = JSON.stringify(new URL('../../scripts/tasks.mjs', import.meta.url).href);
    const code = `const { needsRedis } = await import(${tasks}); console.log([...needsRedis].join(' '));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: root });
    expect(stdout.trim().split(' ')).to.have.members([
      'test',
      'demo',
      'sandbox',
      'bench',
      'start',
      'test:eventstore',
    ]);
  });
});
