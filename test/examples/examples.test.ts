// Every example of shell in README and docs, run as it is printed, in order, on a checkout of its own.
import { execFile } from 'node:child_process';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { parse } from 'yaml';
import { jobs } from '../../src/jobs/jobs.ts';
import { benches } from '../bench/benches.ts';
import { growthFigures } from '../bench/growth.ts';
import { startProtocolServer, type ProtocolServer } from '../support/journal/eventstoredb/index.ts';
import { allBlocks, type Block } from './blocks.ts';
import { missingDeployment, monthOfMoneyPage } from './month.ts';
import { placeholders, rules, shownAnswers, stages, type Rule, type Stage } from './rules.ts';
import { judgeDocker, mistakesOfPostgres, putMissingTools, putStandIn } from './stand-ins.ts';
import { everyPath, root } from '../support/docs/pages.ts';
import { Shell, type Running } from './shell.ts';
import { linesMissing, membersMissing } from './shown.ts';

const run = promisify(execFile);
const blocks = allBlocks();
const stageOf = ({ page, heading }: Block): Stage | undefined => stages[page]?.[heading];

describe('the examples of the documentation', () => {
  let folder: string;
  let checkout: string;
  let eventStore: ProtocolServer;
  const shells = new Map<Stage, Shell>();
  const kept: Running[] = [];

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'arcadia-examples-')));
    // The database server's user must be able to enter, so that all data is in here and removed with it.
    await chmod(folder, 0o755);
    checkout = join(folder, 'checkout');
    const { ensureInstalled } = (await import(pathToFileURL(join(root, 'scripts/install.mjs')).href)) as {
      ensureInstalled: (root: string) => Promise<void>;
    };
    await ensureInstalled(root);
    const left = ['node_modules', '.git', '.arcadia', 'dist', 'coverage'];
    await cp(root, checkout, { recursive: true, filter: (path) => !left.includes(relative(root, path)) });
    await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
    // A request that is refused is a command that fails.
    await writeFile(join(folder, '.curlrc'), 'silent\nshow-error\nfail-with-body\n');
    await putStandIn(join(folder, 'docker-bin'), 'docker', join(folder, 'docker.log'));
    await putMissingTools(join(folder, 'tools'));
    for (const name of ['pg_dump', 'pg_basebackup'])
      await putStandIn(join(folder, 'postgres-bin'), name, join(folder, 'postgres.log'));
    eventStore = await startProtocolServer();
  });
  after(async () => {
    for (const running of kept) await running.interrupt();
    await eventStore.close();
    await rm(folder, { recursive: true, force: true });
    await forgetCompiled();
  });

  /** What was compiled of this checkout is of no use to any other. */
  async function forgetCompiled(): Promise<void> {
    const cache = join(root, 'node_modules/.cache/arcadia');
    for (const name of await readdir(cache).catch(() => [])) {
      const map = await readFile(join(cache, name, 'src/cli.mjs.map'), 'utf8').catch(() => '');
      if (map.includes('arcadia-examples-')) await rm(join(cache, name), { recursive: true, force: true });
    }
  }

  /** An environment without any setting, except for free ports. */
  const plain = (): Record<string, string> => ({
    PATH: `${process.env['PATH'] ?? ''}${delimiter}${join(folder, 'tools')}`,
    HOME: folder,
    CURL_HOME: folder,
    PORT: '0',
    NO_UPDATE_NOTIFIER: '1',
    ...(process.env['REDIS_URL'] === undefined ? {} : { REDIS_URL: process.env['REDIS_URL'] }),
  });
  const secret = 'a-secret-of-the-examples-and-of-nothing-else';

  async function shellOf(stage: Stage): Promise<Shell> {
    const found = shells.get(stage);
    if (found !== undefined) return found;
    const shell = new Shell(checkout, plain(), join(folder, `${stage}.json`));
    shells.set(stage, shell);
    const program = join(folder, stage === 'docker' ? 'docker-bin' : 'postgres-bin');
    if (stage === 'docker' || stage === 'backup')
      shell.env['PATH'] = `${program}${delimiter}${shell.env['PATH'] ?? ''}`;
    if (stage === 'demo') shell.env['ARCADIA_DATA'] = '.arcadia/demo';
    if (stage === 'growing') {
      shell.env['ARCADIA_DATA'] = join(folder, 'growing');
      expect((await shell.run('node scripts/arcadia.mjs rebuild catalog')).code).to.equal(0);
    }
    if (stage === 'backup') {
      shell.env['DATABASE_URL'] = 'postgres://arcadia@127.0.0.1:5432/arcadia';
      for (const path of [
        'index/indexmap.chk',
        'index/map',
        'chaser.chk',
        'writer.chk',
        'chunk-000000.000000',
      ]) {
        await mkdir(join(folder, 'event-store', path, '..'), { recursive: true });
        await writeFile(join(folder, 'event-store', path), path);
      }
    }
    if (stage === 'demo-service') await startDemoService(shell);
    return shell;
  }

  async function startDemoService(shell: Shell): Promise<void> {
    Object.assign(shell.env, { ARCADIA_DATA: '.arcadia/demo', JWT_SECRET: secret });
    const service = shell.start('node scripts/arcadia.mjs serve --no-worker');
    kept.push(service);
    shell.env['URL'] = await service.says(/listens on (http:\/\/localhost:\d+)/);
    shell.env['ADMIN'] = (
      await shell.run('node scripts/arcadia.mjs token --role platform_admin')
    ).stdout.trim();
    const { stdout } = await shell.run(
      'curl "$URL/api/v1/inventory?kind=droplet&limit=1" -H "Authorization: Bearer $ADMIN"',
    );
    shell.env['RESOURCE'] = (JSON.parse(stdout) as { data: { id: string }[] }).data[0]?.id ?? '';
  }

  /** What the page shows of the output of a block. */
  function compare({ shown }: Block, output: string): void {
    if (shown === null) return;
    const missing = /"[a-z_]+":/.test(shown) ? membersMissing : linesMissing;
    expect(missing(shown, output), output).to.deep.equal([]);
  }

  /** What writes golden files again, on all pages, as one command: each has to load all sources. */
  const golden = {
    is: (command: string): boolean => command.startsWith('UPDATE_GOLDEN=1 npx mocha test/'),
    command(): string {
      const all = blocks.flatMap(({ commands }) => commands).filter((command) => golden.is(command));
      return [...new Set(all)].map((one, n) => (n === 0 ? one : one.split(' ').at(-1))).join(' ');
    },
    written: false,
  };

  async function runExample(printed: string, stage: Stage): Promise<string> {
    const command = golden.is(printed) ? golden.command() : printed;
    if (golden.is(printed)) {
      if (golden.written) return '';
      golden.written = true;
    }
    const shell = await shellOf(stage);
    const rule = rules.find(([pattern]) => pattern.test(command))?.[1];
    if (rule?.kind === 'suite') return checkSuite(command);
    if (rule?.kind === 'stays') return stays(command, shell, rule);
    const text = command
      .replace(placeholders.eventStore, eventStore.url)
      .replace(placeholders.eventStoreData, join(folder, 'event-store'));
    const { code, stdout, stderr } = await shell.run(text);
    if (rule?.kind === 'refused') {
      expect([code, (JSON.parse(stdout) as { status: number }).status], stdout).to.deep.equal([
        22,
        rule.status,
      ]);
    } else {
      expect(code, `${command}\n${stdout}${stderr}`).to.equal(0);
    }
    if (rule?.kind === 'docker') await checkDocker(shell);
    const [, file] = / > (\S+)$/.exec(text) ?? [];
    return file === undefined ? stdout : readFile(join(shell.cwd, file), 'utf8');
  }

  async function stays(
    command: string,
    shell: Shell,
    { says, ends, keep }: Rule & { kind: 'stays' },
  ): Promise<string> {
    const running = shell.start(command);
    kept.push(running);
    await running.says(says);
    if (keep === true) return '';
    const { stdout, stderr } = await running.interrupt();
    if (ends !== undefined) expect(stdout, stderr).to.match(ends);
    return stdout;
  }

  async function checkDocker(shell: Shell): Promise<void> {
    const calls = (await readFile(join(folder, 'docker.log'), 'utf8')).trim().split('\n');
    const { services } = parse(await readFile(join(root, 'docker-compose.yml'), 'utf8')) as {
      services: Record<string, unknown>;
    };
    const { mistakes, runs } = judgeDocker(JSON.parse(calls.at(-1) ?? '') as string[], Object.keys(services));
    expect(mistakes).to.deep.equal([]);
    if (runs[0] === 'job') expect(jobs.map(({ name }) => name)).to.include(runs[2]);
    else if (runs.length > 0)
      expect((await shell.run(`node scripts/arcadia.mjs ${runs.join(' ')}`)).code).to.equal(0);
  }

  /** That a task and its figures, options and titles are there; that files are is asked of all pages. */
  async function checkSuite(command: string): Promise<string> {
    if (golden.is(command)) throw new Error('runs by itself');
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const [, name = 'mocha'] = /npm (?:run )?(\S+)/.exec(command) ?? [];
    if (name !== 'mocha') expect(scripts).to.have.property(name, `node scripts/run.mjs ${name}`);
    if (name === 'bench') {
      const options = [
        ...(await readFile(join(root, 'test/bench/run.ts'), 'utf8')).matchAll(
          /^ {4}'?([a-z-]+)'?: \{ type: 'string'/gm,
        ),
      ].map(([, option]) => option);
      for (const [, option] of command.matchAll(/ --([a-z-]+)/g)) expect(options).to.include(option);
      const figures = /--only (\S+)/.exec(command)?.[1]?.split(',') ?? [];
      // `growth` names all figures of the ledger that grows.
      const known = ['growth', ...growthFigures, ...benches.map(({ name: figure }) => figure)];
      expect(known).to.include.members(figures);
    }
    const [, title] = / -g (\S+)/.exec(command) ?? [];
    if (title === undefined) return '';
    const files = everyPath().filter((path) => path.endsWith('.test.ts'));
    const texts = await Promise.all(files.map((path) => readFile(join(root, path), 'utf8')));
    expect(texts.some((text) => new RegExp(`(describe|it)\\((['"\`]).*${title}`).test(text))).to.equal(true);
    return '';
  }

  it('are all known by their page and heading, and none is left out', () => {
    const unknown = blocks
      .filter((block) => stageOf(block) === undefined)
      .map(({ page, heading }) => `${page}: ${heading}`);
    expect(unknown).to.deep.equal([]);
    const gone = Object.entries(stages).flatMap(([page, headings]) =>
      Object.keys(headings)
        .filter((heading) => !blocks.some((block) => block.page === page && block.heading === heading))
        .map((heading) => `${page}: ${heading}`),
    );
    expect(gone).to.deep.equal([]);
  });

  for (const block of blocks) {
    it(`${block.page}, ${block.heading}: ${block.commands[0]?.split('\n')[0] ?? ''}`, async () => {
      const stage = stageOf(block);
      if (stage === undefined) throw new Error('no stage is set for it');
      const { env } = await shellOf(stage);
      const { URL: url = '', ADMIN: admin = '' } = env;
      if (block.heading === 'Why an invoice says what it says')
        env['INVOICE'] = await monthOfMoneyPage(url, admin);
      if (block.commands.some((command) => command.includes('/$INVOICE/void')))
        env['ID'] = await missingDeployment(url, admin);
      const output: string[] = [];
      for (const command of block.commands) output.push(await runExample(command, stage));
      const answer = shownAnswers[block.heading];
      if (answer !== undefined)
        output.push(
          await (
            await fetch(`${url}/api/v1/${answer}`, { headers: { authorization: `Bearer ${admin}` } })
          ).text(),
        );
      compare(block, output.join('\n'));
    });
  }

  it("have written the golden files as they are, and run PostgreSQL's programs", async () => {
    for (const name of ['events.json', 'openapi.json']) {
      expect(await readFile(join(checkout, 'test/golden', name), 'utf8')).to.equal(
        await readFile(join(root, 'test/golden', name), 'utf8'),
      );
    }
    const saved = await readdir(join(checkout, 'backup'), { recursive: true });
    for (const path of [
      'postgres',
      'index/indexmap.chk',
      'index/map',
      'chaser.chk',
      'writer.chk',
      'chunk-000000.000000',
    ])
      expect(saved).to.include(path);
    const calls = (await readFile(join(folder, 'postgres.log'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string[]);
    expect(
      calls.flatMap((call) => mistakesOfPostgres(call, shells.get('backup')?.env['DATABASE_URL'] ?? '')),
    ).to.deep.equal([]);
    const tables = await run('grep', ['-rl', 'projection_checkpoints', join(root, 'migrations')]);
    expect(tables.stdout).to.not.equal('');
  });
});
