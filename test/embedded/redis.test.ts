import { expect } from 'chai';
import { Redis } from 'ioredis';
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { howToGetRedis } from '../../src/embedded/redis-program.ts';
import { openRedis } from '../../src/embedded/open-redis.ts';
import type { OpenRedis, RedisTarget } from '../../src/embedded/open-redis.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { argumentsFor } from '../support/cli/child.ts';
import type { Logger } from '../../src/runtime/logger.ts';

const holder = argumentsFor('test/embedded/hold-redis.ts');

type Held = { child: ChildProcessByStdio<Writable, Readable, null>; said: Omit<OpenRedis, 'leave'> };

/** A minimal Redis on 127.0.0.1: answers every line with `answer`. */
async function listener(answer: string): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      if (answer !== '') socket.write(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

function pathOf(redis: OpenRedis | null): string {
  if (redis === null || !('path' in redis.target))
    throw new Error(`There is no private Redis. ${howToGetRedis}`);
  return redis.target.path;
}

async function ask<T>(target: RedisTarget, work: (client: Redis) => Promise<T>): Promise<T> {
  const options = { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 };
  const client = 'path' in target ? new Redis(target.path, options) : new Redis(target.url, options);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.disconnect();
  }
}

const answers = (target: RedisTarget): Promise<boolean> =>
  ask(target, (client) => client.ping()).then(
    () => true,
    () => false,
  );

async function pidOf(target: RedisTarget): Promise<number> {
  const info = await ask(target, (client) => client.info('server'));
  return Number(/process_id:(\d+)/.exec(info)?.[1]);
}

describe('the private Redis', () => {
  let base: string;
  let data: string;
  let free: number;
  const opened: OpenRedis[] = [];
  const held: Held[] = [];

  async function open(
    arcadiaData = data,
    localPort = free,
    logger: Logger = silentLogger,
  ): Promise<OpenRedis | null> {
    const redis = await openRedis(null, arcadiaData, logger, { localPort });
    if (redis !== null) opened.push(redis);
    return redis;
  }

  async function holdElsewhere(localPort = free): Promise<Held> {
    const child = spawn(process.execPath, [...holder, data, String(localPort)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(child.stdout)) {
      const other = { child, said: JSON.parse(line) as Held['said'] };
      held.push(other);
      return other;
    }
    throw new Error('The other process ended without a word.');
  }

  async function letGo({ child }: Held): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.stdin.end();
    await once(child, 'exit');
  }

  async function kill({ child }: Held): Promise<void> {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  before(async () => {
    const { server, port } = await listener('');
    server.close();
    free = port;
  });

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'arcadia-redis-'));
    data = join(base, 'data');
  });

  afterEach(async () => {
    for (const other of held.splice(0)) await letGo(other);
    for (const redis of opened.splice(0)) await redis.leave();
    // A process that was killed in a test may have left its server behind.
    await (await open())?.leave();
    opened.length = 0;
    // The watch of a server may take its last turn while the directory goes.
    await rm(base, { recursive: true, force: true, maxRetries: 10 });
  });

  it('listens on a private Unix socket only, keeps every write, evicts nothing, and stops', async () => {
    const redis = await open();
    expect(redis?.embedded).to.equal(true);
    const target = { path: pathOf(redis) };
    const settings = await ask(target, async (client) =>
      Object.fromEntries(
        await Promise.all(
          ['port', 'appendonly', 'appendfsync', 'maxmemory-policy', 'maxmemory', 'save'].map(
            async (name) => client.config('GET', name) as Promise<[string, string]>,
          ),
        ),
      ),
    );
    expect(settings).to.deep.equal({
      port: '0',
      appendonly: 'yes',
      appendfsync: 'everysec',
      'maxmemory-policy': 'noeviction',
      maxmemory: '0',
      save: '',
    });
    expect((await stat(target.path)).mode & 0o777).to.equal(0o700);
    expect((await stat(join(data, 'redis'))).mode & 0o777).to.equal(0o700);
    await redis?.leave();
    expect(await answers(target)).to.equal(false);
  });

  it('leads a session of its own, which Ctrl-C does not reach', async function () {
    if (process.platform !== 'linux') return;
    const pid = await pidOf({ path: pathOf(await open()) });
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
    expect([fields[2], fields[3]]).to.deep.equal([String(pid), String(pid)]);
  });

  it('is joined by a second process, and stopped by the last to leave', async () => {
    const mine = await open();
    const target = { path: pathOf(mine) };
    const other = await holdElsewhere();
    expect(other.said).to.deep.equal({ target, embedded: true });
    await mine?.leave();
    await mine?.leave();
    expect(await answers(target)).to.equal(true);
    await letGo(other);
    expect(await answers(target)).to.equal(false);
  });

  it('is one server after a race', async () => {
    const [mine, first, second] = await Promise.all([open(), holdElsewhere(), holdElsewhere()]);
    expect([first.said.target, second.said.target]).to.deep.equal([mine?.target, mine?.target]);
    await Promise.all([mine?.leave(), letGo(first), letGo(second)]);
    expect(await answers({ path: pathOf(mine) })).to.equal(false);
  });

  it('is adopted with what it holds after its user was killed', async () => {
    const other = await holdElsewhere();
    const pid = await pidOf(other.said.target);
    await ask(other.said.target, (client) => client.set('note', 'kept'));
    await kill(other);
    const mine = await open();
    expect(await pidOf({ path: pathOf(mine) })).to.equal(pid);
    expect(await ask({ path: pathOf(mine) }, (client) => client.get('note'))).to.equal('kept');
    await mine?.leave();
    expect(await answers(other.said.target)).to.equal(false);
  });

  it('starts again with every write after it was killed itself, and after a clean stop', async () => {
    const first = await open();
    await ask({ path: pathOf(first) }, (client) => client.set('note', 'kept'));
    process.kill(await pidOf({ path: pathOf(first) }), 'SIGKILL');
    const second = await open();
    expect(await ask({ path: pathOf(second) }, (client) => client.get('note'))).to.equal('kept');
    await second?.leave();
    expect(await answers({ path: pathOf(second) })).to.equal(true);
    await first?.leave();
    expect(await answers({ path: pathOf(second) })).to.equal(false);
    expect(await ask({ path: pathOf(await open()) }, (client) => client.get('note'))).to.equal('kept');
  });

  it('is replaced when its socket was swept away', async () => {
    const first = await open();
    const pid = await pidOf({ path: pathOf(first) });
    await ask({ path: pathOf(first) }, (client) => client.set('note', 'kept'));
    await rm(pathOf(first));
    const second = await open();
    expect(await pidOf({ path: pathOf(second) })).to.not.equal(pid);
    expect(await ask({ path: pathOf(second) }, (client) => client.get('note'))).to.equal('kept');
  });

  it('starts over a note that names some other process with the id of the server', async () => {
    await mkdir(join(data, 'redis'), { recursive: true });
    await writeFile(
      join(data, 'redis', 'server'),
      JSON.stringify({ pid: process.pid, started: 'in another life', socket: '' }),
    );
    expect(await answers({ path: pathOf(await open()) })).to.equal(true);
  });

  it('works below a path that is too long for a socket and holds quotes and spaces', async () => {
    const deep = join(base, `it's "deep" \\ ${'x'.repeat(100)}`);
    const redis = await open(deep);
    expect(Buffer.byteLength(pathOf(redis))).to.be.lessThan(104);
    expect(await answers({ path: pathOf(redis) })).to.equal(true);
    expect((await stat(join(await realpath(deep), 'redis', 'data', 'appendonlydir'))).isDirectory()).to.equal(
      true,
    );
  });

  it('is not started when REDIS_URL is set, whose server is not checked', async () => {
    const redis = await openRedis('redis://nowhere.invalid:1', data, silentLogger, { localPort: free });
    expect(redis).to.deep.include({ target: { url: 'redis://nowhere.invalid:1' }, embedded: false });
    await redis?.leave();
  });

  it('is not started where a Redis answers PING on the usual port, but beside another program', async () => {
    for (const [answer, expected] of [
      ['+PONG\r\n', false],
      ['-LOADING Redis is loading\r\n', false],
      ['-NOAUTH Authentication required.\r\n', true],
      ['HTTP/1.1 400 Bad Request\r\n\r\n', true],
      ['', true],
    ] as const) {
      const { server, port } = await listener(answer);
      const redis = await open(data, port);
      expect(redis?.embedded, JSON.stringify(answer)).to.equal(expected);
      if (!expected) expect(redis?.target).to.deep.equal({ url: `redis://127.0.0.1:${port}` });
      await redis?.leave();
      server.close();
    }
  });

  it('is joined where others use it, and is stopped when the last one leaves it', async () => {
    const other = await holdElsewhere();
    const { server, port } = await listener('+PONG\r\n');
    expect((await open(data, port))?.target).to.deep.equal(other.said.target);
    await opened.pop()?.leave();
    await kill(other);
    expect((await open(data, port))?.embedded).to.equal(false);
    expect(await answers(other.said.target)).to.equal(false);
    server.close();
  });

  describe('where it is not available', () => {
    const { PATH: path, JWT_SECRET: secret } = process.env;
    const warnings: string[] = [];
    const logger: Logger = {
      ...silentLogger,
      warn: (...args: unknown[]) => {
        warnings.push(
          args
            .map((arg) =>
              arg instanceof Error
                ? arg.message
                : JSON.stringify(arg, (_, value) => (value instanceof Error ? value.message : value)),
            )
            .join(' '),
        );
      },
    };

    beforeEach(async () => {
      warnings.length = 0;
      await mkdir(join(base, 'bin'));
      process.env['PATH'] = join(base, 'bin');
    });

    afterEach(() => {
      process.env['PATH'] = path;
      if (secret === undefined) delete process.env['JWT_SECRET'];
      else process.env['JWT_SECRET'] = secret;
    });

    it('is null, with the way to get one', async () => {
      await writeFile(join(base, 'bin', 'redis-server'), 'not executable');
      expect(await open(data, free, logger)).to.equal(null);
      expect(warnings.join()).to.contain('apt-get install redis-server').and.to.contain('REDIS_URL');
    });

    it('is null, with the end of its log, when the server does not start', async () => {
      const program = join(base, 'bin', 'valkey-server');
      await writeFile(
        program,
        '#!/bin/sh\necho "can not read the data of a later release; ${JWT_SECRET:-no secret}"\nexit 1\n',
      );
      await chmod(program, 0o755);
      process.env['JWT_SECRET'] = 'of the service';
      expect(await open(data, free, logger)).to.equal(null);
      expect(warnings.join()).to.contain('can not read the data of a later release; no secret');
    });
  });
});
