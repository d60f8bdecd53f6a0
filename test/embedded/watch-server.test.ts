import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchServer, type WatchedServer } from '../../src/embedded/watch-server.ts';
import { silentLogger, type Logger } from '../../src/runtime/logger.ts';
import { until } from '../support/runtime/until.ts';

interface Line {
  level: string;
  members: Record<string, unknown>;
  text: string;
}

describe('watching a server', () => {
  let folder: string;
  let logFile: string;
  let lines: Line[];
  let starts: number;
  let alive: boolean;
  let watching: { stop: () => void };
  let logger: Logger;
  const texts = (): string[] => lines.map(({ text }) => text);
  const server = (): WatchedServer & { started: boolean } => ({
    pid: 100 + starts,
    isThere: async () => alive,
    started: true,
  });
  const times = { lookMs: 1, firstPauseMs: 1, mostPauseMs: 4, steadyMs: 3_600_000 };
  const watch = (again: () => Promise<(WatchedServer & { started: boolean }) | null>, more = {}): void => {
    watching = watchServer({
      name: 'the server',
      server: server(),
      again,
      logger,
      logFile,
      times: { ...times, ...more },
    });
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arcadia-watch-'));
    logFile = join(folder, 'server.log');
    await writeFile(logFile, 'FATAL: the disk is full\n');
  });
  after(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => {
    [lines, starts, alive] = [[], 0, true];
    // A watch that was stopped in the middle of a check may log once more: not into the next test's lines.
    const own = lines;
    const taken = (level: string) => (members: unknown, text?: unknown) => {
      own.push({
        level,
        members: typeof members === 'object' ? (members as Record<string, unknown>) : {},
        text: String(text ?? members),
      });
    };
    logger = { ...silentLogger, info: taken('info'), warn: taken('warn'), error: taken('error') };
  });
  afterEach(() => {
    watching.stop();
  });

  it('starts it again when it has ended, and logs that', async () => {
    watch(async () => {
      [starts, alive] = [starts + 1, true];
      return server();
    });
    alive = false;
    await until('a start', () => texts().some((text) => text.includes('runs again')));
    expect(texts()).to.deep.equal([
      'the server has ended unasked and is started again',
      'the server runs again',
    ]);
    expect(lines.map(({ members }) => members['pid'])).to.deep.equal([100, 101]);
  });

  it('logs when another process started it', async () => {
    watch(async () => {
      alive = true;
      return { ...server(), started: false };
    });
    alive = false;
    await until('a start', () => texts().includes('the server runs again, started by another process'));
  });

  it('pauses longer and longer while it keeps ending, and shows the end of its log', async () => {
    watch(async () => {
      starts += 1;
      return server();
    });
    alive = false;
    await until('five ends', () => lines.filter(({ text }) => /ended|keeps ending/.test(text)).length >= 5);
    const ends = lines.filter(({ text }) => /ended|keeps ending/.test(text)).slice(0, 5);
    expect(ends.map(({ level }) => level)).to.deep.equal(['warn', 'warn', 'error', 'error', 'error']);
    expect(ends.slice(2).map(({ members }) => members)).to.deep.equal(
      [2, 4, 4].map((pause, index) => ({
        pid: 102 + index,
        times: 3 + index,
        next_try_in_ms: pause,
        server_log: 'FATAL: the disk is full',
      })),
    );
  });

  it('counts anew once it has run for a while', async () => {
    watch(
      async () => {
        starts += 1;
        return server();
      },
      { steadyMs: -1 },
    );
    alive = false;
    await until(
      'four ends',
      () => lines.filter(({ text }) => text.includes('has ended unasked')).length >= 4,
    );
    expect(texts().some((text) => text.includes('keeps ending'))).to.equal(false);
  });

  it('tries again after a start that failed', async () => {
    watch(async () => {
      starts += 1;
      if (starts < 3) throw new Error('no room');
      alive = true;
      return server();
    });
    alive = false;
    await until('a start', () => texts().includes('the server runs again'));
    expect(texts().filter((text) => text === 'the server could not be started again')).to.have.length(2);
  });

  it("ends with the process's use of the server, and when it is stopped", async () => {
    watch(async () => {
      starts += 1;
      return null;
    });
    alive = false;
    await until('a try', () => starts === 1);
    watching.stop();
    let looks = 0;
    watching = watchServer({
      name: 'another',
      server: { pid: 1, isThere: async () => ++looks > 0 },
      again: async () => null,
      logger,
      logFile,
      times,
    });
    await until('some looks', () => looks > 3);
    watching.stop();
    const last = looks;
    await until('a while', () => performance.now() > 0);
    expect([starts, looks - last <= 1]).to.deep.equal([1, true]);
  });
});
