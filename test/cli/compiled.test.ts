import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import type { BuildResult, Metafile } from 'esbuild';
import { renderPdf } from '../../src/documents/pdf/render-pdf.ts';
import { Renderer } from '../../src/documents/renderer.ts';
import { receipt } from '../support/documents/views.ts';

interface Compiler {
  compile: (root: string, outdir: string) => Promise<BuildResult<{ metafile: true }>>;
  compiled: (root: string) => Promise<string>;
  runnable: (root: string, program: string) => Promise<string[]>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const { compile, compiled, runnable } = (await import(
  pathToFileURL(join(root, 'scripts/compile.mjs')).href
)) as Compiler;
const run = promisify(execFile);

/**
 * The packages that are loaded with a source file: directly and through its imports, without its
 * dynamic imports.
 */
function packagesOf({ outputs }: Metafile, source: string): string[] {
  const start = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === source)?.[0];
  if (start === undefined) throw new Error(`${source} is not loaded by itself`);
  const packages = new Set<string>();
  const seen = new Set<string>();
  const walk = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: imported, kind, external } of outputs[path]?.imports ?? []) {
      if (kind === 'dynamic-import') continue;
      if (external !== true) walk(imported);
      else if (!imported.startsWith('node:')) packages.add(imported);
    }
  };
  walk(start);
  return [...packages].sort();
}

describe('the compiled command line', () => {
  let folder: string;
  let graph: Metafile;
  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'arcadia-compiled-')));
    graph = (await compile(root, join(folder, 'own'))).metafile;
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('loads only the argument parser to show its help', () => {
    expect(packagesOf(graph, 'src/cli.ts')).to.deep.equal(['commander']);
  });

  it('loads what a command uses, without HTTP, queues or EventStoreDB', () => {
    const unused = [
      'express',
      'express-jwt',
      'helmet',
      'cors',
      'jwks-rsa',
      'bullmq',
      'ioredis',
      '@eventstore/db-client',
      '@aws-sdk/client-s3',
    ];
    for (const name of [
      'job-list',
      'job-run',
      'rebuild',
      'verify',
      'checkpoint',
      'answer-what-if',
      'events-export',
      'mint-token',
    ]) {
      expect(
        packagesOf(graph, `src/cli/${name}.ts`).filter((loaded) => unused.includes(loaded)),
        name,
      ).to.deep.equal([]);
    }
    expect(packagesOf(graph, 'src/cli/job-list.ts')).to.not.include('postgres');
    expect(packagesOf(graph, 'src/cli/mint-token.ts')).to.deep.equal(['jsonwebtoken']);
    expect(packagesOf(graph, 'src/cli/serve-from-environment.ts'))
      .to.include('express')
      .and.not.include('@aws-sdk/client-s3');
  });

  it('prints the same as the sources', async () => {
    const [once, plain] = await Promise.all([
      run(process.execPath, ['scripts/arcadia.mjs', '--help'], { cwd: root }),
      run(process.execPath, ['--import', 'tsx', 'src/cli.ts', '--help'], { cwd: root }),
    ]);
    expect(once.stdout).to.equal(plain.stdout).and.to.contain('what-if');
    const failed = await run(process.execPath, ['scripts/arcadia.mjs', 'frobnicate'], { cwd: root }).catch(
      (error: unknown) => error,
    );
    expect(failed).to.have.property('code', 2);
  });
});

describe('programs that are compiled once', () => {
  let checkout: string;
  beforeEach(async () => {
    checkout = await realpath(await mkdtemp(join(tmpdir(), 'arcadia-checkout-')));
    const files = {
      'src/cli.ts': "import { word } from './word.ts';\nconsole.log(word satisfies string);\n",
      'src/word.ts': "export const word = 'one';\n",
      // In parts, since the compiler replaces it wherever it stands in a source, in this one too.
      'src/main.ts': `console.log(${['import', 'meta', 'url'].join('.')});\n`,
      'demo/demo.ts': "interface Broken { why: string }\n\nthrow new Error('on line three');\n",
      'demo/sandbox.ts': '',
      'src/documents/render-worker.ts': '',
      'commands/empty.ts': '',
      'projections/empty.ts': '',
      'simulators/empty.ts': '',
      'scripts/compile.mjs': '',
      'tsconfig.json': '{}',
      'package.json': '{"type":"module"}',
    };
    for (const [path, text] of Object.entries(files)) await put(path, text);
  });
  afterEach(async () => {
    await rm(checkout, { recursive: true, force: true });
  });

  async function put(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(checkout, path)), { recursive: true });
    await writeFile(join(checkout, path), text);
  }
  const cache = () => join(checkout, 'node_modules', '.cache', 'arcadia');
  const says = async (program: string): Promise<string> =>
    (await run(process.execPath, await runnable(checkout, program), { cwd: checkout })).stdout.trim();

  it('render documents in a thread that is compiled, too', async () => {
    const folder = await compiled(root);
    const thread = join(folder, 'src/documents/render-worker.mjs');
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.mjs'));
    const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
    // esbuild writes the folder where the source names it.
    expect(texts.filter((text) => text.includes(`"${folder}"`))).to.have.length.greaterThan(0);
    const renderer = new Renderer({}, () => new Worker(thread));
    try {
      const pdf = await renderer.render({ form: 'pdf', view: receipt });
      expect(pdf.equals(await renderPdf(receipt))).to.equal(true);
    } finally {
      await renderer.close();
    }
  });

  it('are compiled when a source has changed, also with the same size and time', async () => {
    expect(await says('src/cli.ts')).to.equal('one');
    const first = await compiled(checkout);
    expect(await compiled(checkout)).to.equal(first);
    const { atime, mtime } = await stat(join(checkout, 'src/word.ts'));
    await put('src/word.ts', "export const word = 'two';\n");
    await utimes(join(checkout, 'src/word.ts'), atime, mtime);
    expect(await says('src/cli.ts')).to.equal('two');
    await put('src/word.ts', "export const word = 'three';\n");
    expect(await says('src/cli.ts')).to.equal('three');
    expect(await compiled(checkout)).to.not.equal(first);
  });

  it('are complete or absent, even when other processes compile at the same time', async () => {
    const compiler = pathToFileURL(join(root, 'scripts/compile.mjs')).href;
    const other = `import { compiled } from ${JSON.stringify(compiler)};
      await Promise.all([compiled(process.cwd()), compiled(process.cwd())]);`;
    const others = [1, 2].map(() =>
      run(process.execPath, ['--input-type=module', '--eval', other], { cwd: checkout }),
    );
    const [folders] = await Promise.all([
      Promise.all(Array.from({ length: 8 }, () => compiled(checkout))),
      ...others,
    ]);
    expect(new Set(folders).size).to.equal(1);
    expect(await readdir(cache())).to.have.length(1);
    expect(await says('src/cli.ts')).to.equal('one');
  });

  it('know where their sources are, and name their lines in a stack', async () => {
    expect(await says('src/main.ts')).to.equal(pathToFileURL(join(checkout, 'src/main.ts')).href);
    const failed: unknown = await says('demo/demo.ts').catch((error: unknown) => error);
    expect(failed)
      .to.have.property('stderr')
      .that.contains(`${join('demo', 'demo.ts')}:3:7`);
  });

  it('run from their sources where nothing can be written, and where they do not compile', async () => {
    const fromSources = ['--import', 'tsx', '--disable-warning=ExperimentalWarning', 'src/cli.ts'];
    // A file in the folder's place: even root cannot write there.
    await put('node_modules/.cache', '');
    expect(await runnable(checkout, 'src/cli.ts')).to.deep.equal(fromSources);
    await rm(join(checkout, 'node_modules'), { recursive: true });
    await put('src/word.ts', 'export const word = ;\n');
    expect(await runnable(checkout, 'src/cli.ts')).to.deep.equal(fromSources);
    expect(await readdir(cache())).to.deep.equal([]);
  });
});
