import { expect } from 'chai';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { root } from '../support/docs/pages.ts';
import { readCompose } from '../support/docker/compose-file.ts';
import { makeImage } from './image.ts';
import type { Image } from './image.ts';
import { stagesOf } from '../support/docker/stages.ts';

const listening = /listens on http:\/\/localhost:(\d+)/;
const JWT_SECRET = 'a-secret-that-is-long-enough-for-any-algorithm';

/** A program in the image. */
interface Program {
  child: ChildProcess;
  stdout(): string;
  /** Waits for a line; throws when the program ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<number | null>;
}

describe('the image', () => {
  let image: Image;
  let data: string;
  let env: Record<string, string>;
  const compose = readCompose({ JWT_SECRET });
  const runtime = async () => stagesOf(await readFile(join(root, 'Dockerfile'), 'utf8')).at(-1);

  function start([program = '', ...args]: readonly string[], more: Record<string, string> = {}): Program {
    const child = spawn(program === 'node' ? process.execPath : program, args, {
      cwd: join(image.directory, 'app'),
      env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...env, ...more },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const ended = once(child, 'close').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
    const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
      for (;;) {
        const match = pattern.exec(text);
        if (match !== null) return match;
        if (await Promise.race([ended.then(() => true), once(child.stdout, 'data').then(() => false)]))
          throw new Error(`It ended before it said ${pattern}:\n${text}`);
      }
    };
    return { child, stdout: () => text, says, ended };
  }

  before(async () => {
    image = await makeImage();
    data = await mkdtemp(join(tmpdir(), 'arcadia-image-data-'));
    // Instead of compose's servers it uses embedded ones here.
    env = {
      ...compose.services['service']?.environment,
      PORT: '0',
      DATABASE_URL: '',
      EVENTSTORE_URL: '',
      REDIS_URL: '',
      ARCADIA_DATA: data,
    };
  });

  after(async () => {
    await image.remove();
    await rm(data, { recursive: true, force: true });
  });

  it('holds no sources, and imports nothing but production dependencies', async () => {
    const { dependencies } = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
    const dist = join(image.directory, 'app', 'dist');
    const files = (await readdir(dist, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const isData = (file: string): boolean =>
      file.endsWith('.sql') || file.startsWith(join(dist, 'src/console/assets/'));
    expect(files.filter((file) => !file.endsWith('.js') && !isData(file))).to.deep.equal([]);
    expect(files).to.include(join(dist, 'src/console/assets/console.css'));
    const texts = await Promise.all(
      files.filter((file) => file.endsWith('.js')).map((file) => readFile(file, 'utf8')),
    );
    const imported = new Set(
      texts.flatMap((text) =>
        [...text.matchAll(/^(?:import|export|\}) .*\bfrom '([^.'][^']*)'|\bimport\('([^.'][^']*)'\)/gm)].map(
          (match) => match[1] ?? match[2] ?? '',
        ),
      ),
    );
    const packages = [...imported]
      .filter((name) => !isBuiltin(name))
      .map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      );
    expect(packages).to.include.members(['express', 'postgres', 'zod']);
    expect(packages.filter((name) => !Object.hasOwn(dependencies, name))).to.deep.equal([]);
    expect(texts.filter((text) => /from '\.[^']*\.ts'/.test(text))).to.deep.equal([]);
  });

  it('runs the command line', async () => {
    const list = start([
      ...((await runtime())?.steps.find(({ keyword }) => keyword === 'ENTRYPOINT')?.exec ?? []),
      'job',
      'list',
    ]);
    expect(await list.ended).to.equal(0);
    expect(list.stdout()).to.match(/^metering\.day +10 1 \* \* \*/m);
  });

  it('works as compose starts it, is healthy by its own check, and stops at SIGTERM', async () => {
    const steps = (await runtime())?.steps ?? [];
    const exec = (keyword: string): string[] => steps.find((step) => step.keyword === keyword)?.exec ?? [];
    const check = (port: string): Promise<number | null> => start(exec('HEALTHCHECK'), { PORT: port }).ended;
    // Each container has the port for itself; here they take free ones.
    const [service, worker] = ['service', 'worker'].map((name) =>
      start([
        ...exec('ENTRYPOINT'),
        ...(compose.services[name]?.command ?? []).map((word) => (word === '4005' ? '0' : word)),
      ]),
    );
    if (service === undefined || worker === undefined) throw new Error('Both are started.');
    try {
      const [served = '', worked = ''] = (
        await Promise.all([service.says(listening), worker.says(listening)])
      ).map(([, port]) => port);
      for (const port of [served, worked]) {
        const answer = await fetch(`http://127.0.0.1:${port}/api/health`);
        expect(answer.status).to.equal(200);
        expect(await answer.json()).to.include({ status: 'ok' });
        expect(await check(port)).to.equal(0);
      }
      expect((await fetch(`http://127.0.0.1:${served}/api/docs/`)).status).to.equal(200);
      for (const { child } of [service, worker]) child.kill('SIGTERM');
      expect([await service.ended, await worker.ended]).to.deep.equal([0, 0]);
      expect(await check(served)).to.equal(1);
    } finally {
      // Never by force: that would leave the embedded servers behind.
      for (const { child } of [service, worker]) child.kill('SIGTERM');
      await Promise.all([service.ended, worker.ended]);
    }
  });
});
