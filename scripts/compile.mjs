// Compiles the project's programs once: a loader that compiles every source at each start would take seconds.
// It uses Node's own modules; esbuild is loaded when needed.
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folders = ['src', 'commands', 'projections', 'demo', 'simulators'];

/** What the programs start as a thread. */
const threads = ['src/documents/render-worker.ts'];

/** What is compiled together: its programs, all folders of their sources, and the name of its cache. */
const product = {
  name: 'arcadia',
  folders,
  programs: ['src/cli.ts', 'src/main.ts', 'demo/demo.ts', 'demo/sandbox.ts', ...threads],
};

/** The programs that tests start beside those of the product. */
const testing = {
  name: 'arcadia-tests',
  folders: [...folders, 'test'],
  programs: [
    'test/embedded/hold-redis.ts',
    'test/embedded/hold-server.ts',
    'test/jobs/worker-child.ts',
    'test/machines/node.ts',
    'test/support/processes/billing-child.ts',
    'test/support/year/nights-child.ts',
    'test/support/processes/close-child.ts',
    'test/support/processes/roll-up-child.ts',
    'test/support/faults/job-child.ts',
    'test/support/faults/revert-child.ts',
    'test/support/digitalocean/budget-child.ts',
    'test/support/digitalocean/large-account-child.ts',
    ...threads,
  ],
};

/** The bench: a loader would be part of the memory that it measures. */
const bench = {
  name: 'arcadia-bench',
  folders: testing.folders,
  programs: [
    ...['run', 'figure-process', 'growth-process', 'llm-gateway', 'large-account', 'service-process'].map(
      (name) => `test/bench/${name}.ts`,
    ),
    ...threads,
  ],
};

/** What is compiled to run all tests: `files`, and what a whole run and each of its processes begins with. */
export const wholeRun = (files) => ({
  name: 'arcadia-whole-run',
  folders: testing.folders,
  programs: [...files, 'test/support/whole-run.ts', 'test/support/unhandled-rejections.ts', ...threads],
});

export const sets = { product, testing, bench };

/** Earlier builds are kept for processes that are just starting from them. */
const keptBuilds = 5;
const startingMilliseconds = 60_000;
const longestBuildMilliseconds = 10 * 60_000;

/**
 * Node's arguments to run a program of the project, such as `src/cli.ts`, compiled if its sources have
 * changed. If it can't be compiled (a read-only checkout, sources with errors) they run the source through
 * tsx.
 */
export async function runnable(root, program, set = product) {
  try {
    return ['--enable-source-maps', join(await compiled(root, set), program.replace(/\.ts$/, '.mjs'))];
  } catch {
    return fromSource(program);
  }
}

/** Node's arguments to run a TypeScript file through tsx. */
export const fromSource = (file) => ['--import', 'tsx', '--disable-warning=ExperimentalWarning', file];

/** The folder of the programs compiled from the current sources. @throws what compiling throws */
export async function compiled(root, set = product) {
  const cache = join(root, 'node_modules', '.cache', set.name);
  // Sources may be edited meanwhile: the build is then of no single state.
  for (let stamp = stampOf(root, set), tries = 0; ; tries += 1) {
    const folder = join(cache, stamp);
    if (await stat(folder).catch(() => null)) return folder;
    // A random name: one process may compile twice at once, and containers that share a cache may have equal
    // process ids.
    const draft = join(cache, `draft-${randomUUID()}`);
    try {
      await compile(root, draft, set, folder);
      const after = stampOf(root, set);
      if (after === stamp || tries === 3) {
        await putInPlace(draft, folder);
        await forgetOthers(cache, stamp);
        return folder;
      }
      stamp = after;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
}

/**
 * Names a state of the sources by the size and change times of every file, and by the checkout's place, which
 * is in the compiled code.
 */
function stampOf(root, { folders }) {
  const hash = createHash('sha256').update(root);
  const add = (path) => {
    const { size, mtimeNs, ctimeNs } = statSync(join(root, path), { bigint: true });
    hash.update(`${path} ${size} ${mtimeNs} ${ctimeNs}\n`);
  };
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (/\.tsx?$/.test(path)) add(path);
    }
  };
  for (const folder of folders) walk(folder);
  for (const file of ['scripts/compile.mjs', 'tsconfig.json', 'package.json']) add(file);
  return hash.digest('hex').slice(0, 32);
}

/**
 * Bundles our own code without packages: code that several programs share is a file of its own, and code that
 * a command imports when needed stays apart. Returns esbuild's report of which file imports which.
 * @param folder where the result will be put, which the code knows
 */
export async function compile(root, outdir, { programs } = product, folder = outdir) {
  const { build } = await import('esbuild');
  await mkdir(outdir, { recursive: true });
  return build({
    absWorkingDir: root,
    entryPoints: programs,
    outbase: '.',
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'parts/[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    define: { COMPILED_FOLDER: JSON.stringify(folder) },
    logLevel: 'silent',
    plugins: [sourceUrls],
  });
}

/** Code that looks for files beside itself looks beside its source. */
const sourceUrls = {
  name: 'source-urls',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes('import.meta.')) return null;
      return {
        contents: text
          .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
          .replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
        loader: 'ts',
      };
    });
  },
};

/** Renames the complete draft, unless another process was faster. */
async function putInPlace(draft, folder) {
  await rename(draft, folder).catch(async (error) => {
    if (!(await stat(folder).catch(() => null))) throw error;
  });
}

/** Deletes old builds; what can't be deleted now is left to the next time. */
async function forgetOthers(cache, stamp) {
  const builds = [];
  for (const name of await readdir(cache).catch(() => [])) {
    const age = Date.now() - ((await stat(join(cache, name)).catch(() => null))?.mtimeMs ?? 0);
    if (
      name.startsWith('draft-')
        ? age > longestBuildMilliseconds
        : name !== stamp && age > startingMilliseconds
    )
      builds.push({ name, age });
  }
  const kept = builds
    .filter(({ name }) => !name.startsWith('draft-'))
    .sort((a, b) => a.age - b.age)
    .slice(0, keptBuilds - 1);
  for (const build of builds) {
    if (!kept.includes(build))
      await rm(join(cache, build.name), { recursive: true, force: true }).catch(() => undefined);
  }
}
