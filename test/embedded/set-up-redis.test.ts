import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findRedisProgram } from '../../src/embedded/redis-program.ts';

const run = promisify(execFile);
const script = new URL('../../scripts/redis.mjs', import.meta.url).href;

/**
 * Records each call and the policy at that time. With a file `old-lists`, the package is known only after an
 * update.
 */
const fakeApt = `#!/bin/sh
case "$*" in
  *" update") word=update; rm -f "$FAKES/old-lists" ;;
  *--download-only*) word=download ;;
  *) word=install ;;
esac
policy="$(test -x "$FAKES/policy-rc.d" && cat "$FAKES/policy-rc.d" | tail -n 1)"
echo "$word $policy $DEBIAN_FRONTEND" >> "$FAKES/calls"
test "$word" = update && exit 0
test -e "$FAKES/old-lists" && { echo 'E: Unable to locate package redis-server' >&2; exit 100; }
test "$word" = download && exit 0
test -e "$FAKES/broken" && { echo 'E: the disk is full' >&2; exit 100; }
printf '#!/bin/sh\\n' > "$FAKES/redis-server"; chmod 755 "$FAKES/redis-server"
`;

describe('the set-up of Redis', function () {
  if (process.platform !== 'linux') return;
  let fakes: string;

  async function program(name: string, text: string): Promise<void> {
    await writeFile(join(fakes, name), text);
    await chmod(join(fakes, name), 0o755);
  }

  /** Runs the step with nothing but our programs in PATH, and returns what it printed. */
  async function setUp(
    options: Record<string, unknown> = {},
    env: Record<string, string> = {},
  ): Promise<string> {
    const given = { root: true, port: 1, policy: join(fakes, 'policy-rc.d'), ...options };
    const code = `const { ensureRedis } = await import(${JSON.stringify(script)});
      await ensureRedis(${JSON.stringify(given)});`;
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', code], {
      env: { PATH: fakes, FAKES: fakes, ...env },
    });
    expect(stderr).to.equal('');
    return stdout;
  }

  const calls = async (): Promise<string[]> =>
    (await readFile(join(fakes, 'calls'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const policyIsLeft = (): Promise<boolean> =>
    access(join(fakes, 'policy-rc.d')).then(
      () => true,
      () => false,
    );

  beforeEach(async () => {
    fakes = await mkdtemp(join(tmpdir(), 'arcadia-set-up-'));
    for (const name of ['sh', 'rm', 'chmod', 'grep', 'cat', 'tail', 'timeout']) {
      const { stdout } = await run('/bin/sh', ['-c', `command -v ${name}`]);
      await symlink(stdout.trim(), join(fakes, name));
    }
    await program('apt-get', fakeApt);
  });

  afterEach(async () => {
    await rm(fakes, { recursive: true, force: true });
  });

  it('installs the package with services forbidden to start, and disables its own', async () => {
    await program('systemctl', '#!/bin/sh\necho "systemctl $*" >> "$FAKES/calls"\n');
    expect(await setUp()).to.equal('Installing Redis for the job queues (apt-get install redis-server) …\n');
    expect(await calls()).to.deep.equal([
      'download exit 101 noninteractive',
      'install exit 101 noninteractive',
      'systemctl disable redis-server.service',
    ]);
    expect(await policyIsLeft()).to.equal(false);
    expect(await findRedisProgram(fakes)).to.equal(join(fakes, 'redis-server'));
    expect(await setUp()).to.equal('');
  });

  it('brings the lists of packages up to date only where that is needed', async () => {
    await writeFile(join(fakes, 'old-lists'), '');
    await setUp();
    expect((await calls()).map((call) => call.split(' ')[0])).to.deep.equal([
      'download',
      'update',
      'download',
      'install',
    ]);
    expect(await findRedisProgram(fakes)).to.not.equal(null);
  });

  it('keeps the policy of the machine, and removes one that it had left behind itself', async () => {
    await program('policy-rc.d', '#!/bin/sh\nexit 104\n');
    await setUp();
    expect((await calls())[0]).to.equal('download exit 104 noninteractive');
    expect(await policyIsLeft()).to.equal(true);
    await rm(join(fakes, 'redis-server'));
    await program(
      'policy-rc.d',
      '#!/bin/sh\n# For as long as arcadia-cloud installs a package: it starts no service.\nexit 101\n',
    );
    await setUp();
    expect(await policyIsLeft()).to.equal(false);
  });

  it('says why an installation failed, exits with 0 all the same, and leaves no policy', async () => {
    await writeFile(join(fakes, 'broken'), '');
    expect(await setUp()).to.match(/could not be installed:\n(.*\n)* {2}E: the disk is full\n$/);
    expect(await policyIsLeft()).to.equal(false);
  });

  it('asks sudo where it is not root, and only if that needs no password', async () => {
    await program(
      'sudo',
      '#!/bin/sh\necho "sudo $1 $2" >> "$FAKES/calls"; shift; test -e "$FAKES/password" && exit 1; ' +
        'if [ "$1" = true ]; then exit 0; fi; exec "$@"\n',
    );
    await writeFile(join(fakes, 'password'), '');
    expect(await setUp({ root: false })).to.equal('');
    expect(await calls()).to.deep.equal(['sudo -n true']);
    await rm(join(fakes, 'password'));
    await setUp({ root: false });
    expect((await calls()).slice(1, 3)).to.deep.equal(['sudo -n true', 'sudo -n sh']);
    expect(await findRedisProgram(fakes)).to.not.equal(null);
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
    await program('valkey-server', '#!/bin/sh\n');
    expect(await setUp()).to.equal('');
    await rm(join(fakes, 'valkey-server'));
    await rm(join(fakes, 'apt-get'));
    expect(await setUp()).to.equal('');
    expect(await calls()).to.deep.equal([]);
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
