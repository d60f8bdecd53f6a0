// The tasks. Each takes the arguments after its name and resolves to the end of its last program.
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { runNode } from './child.mjs';
import { compiled, runnable, sets, wholeRun } from './compile.mjs';
import { memoryFolder } from './memory-folder.mjs';
import { testFiles } from './test-order.mjs';

const tsc = 'node_modules/typescript/bin/tsc';
const oxlint = 'node_modules/oxlint/bin/oxlint';
const oxfmt = 'node_modules/oxfmt/bin/oxfmt';
const mocha = 'node_modules/mocha/bin/mocha.js';

/** Lint compiles with types, so that it reports their errors too. */
const lintArgs = [oxlint, '.'];
const typecheckArgs = ['--max-semi-space-size=64', tsc, '--pretty'];
const formatArgs = [oxfmt, '.'];

/**
 * Memory for short-lived objects: with half of it the objects of thousands of concurrent commands outlive a
 * collection, and each command costs a fifth more. And the old ones are collected once they are twice as many
 * as the last time, where V8 would wait for four times as many: a third less memory for a twentieth of time.
 */
const heap = ['--max-semi-space-size=32', '--heap-growing-percent=100'];

/** Runs a program, compiled once, in one process to signal. */
const program = (file, set) => async (args) =>
  runNode([...heap, ...(await runnable(process.cwd(), file, set)), ...args]);

export const tasks = {
  test: runTests,
  'test:eventstore': runTestsOnEventStore,
  typecheck: (args) => runNode([...typecheckArgs, ...args]),
  lint,
  format: (args) => runNode([...formatArgs, ...args]),
  demo: program('demo/demo.ts'),
  sandbox: program('demo/sandbox.ts'),
  bench: program('test/bench/run.ts', sets.bench),
  build: (args) => runNode(['scripts/build.mjs', ...args]),
  start: program('src/main.ts'),
  arcadia: program('src/cli.ts'),
};

/** The tasks that use job queues. */
export const needsRedis = new Set(['test', 'demo', 'sandbox', 'bench', 'start', 'test:eventstore']);

/** The tasks that open the console in a browser. */
export const needsBrowser = new Set(['test', 'test:eventstore']);

/** The checker of types collects its garbage seldom where memory allows: a third less of processor time. */
const lintEnv = () => (process.availableMemory() > 8 * 2 ** 30 ? { GOGC: '1000' } : {});

async function lint(args) {
  const rules = await runNode([...lintArgs, ...args], { env: lintEnv() });
  return rules.code === 0 ? runNode([...formatArgs, '--check']) : rules;
}

/**
 * The tests, with type check and lint beside them: each has times when a processor would be idle. The reports
 * of the checks follow the tests. Arguments go to mocha.
 */
async function runTests(args) {
  const checks = Promise.all([
    check('type check and lint', lintArgs, lintEnv()),
    check('format', [...formatArgs, '--check']),
  ]);
  heading('Tests, and beside them type check and lint');
  const tests = args.some(isTestFile) ? await runNode([mocha, ...args]) : await runAllTests(args);
  // Interrupted: the checks were, too.
  if (tests.signal !== null) return tests;
  const reports = await checks;
  heading('Type check and lint');
  for (const { text } of reports) console.log(text);
  return [tests, ...reports].find(({ code }) => code !== 0) ?? tests;
}

async function runAllTests(args) {
  const folder = memoryFolder();
  try {
    const all = [...args, ...inProcesses, ...(await compiledTests().catch(testsFromSource))];
    return await runNode([mocha, ...all], folder ? { env: { TMPDIR: folder.path } } : {});
  } finally {
    folder?.remove();
  }
}

/**
 * All tests in two processes for each processor, but at most four: tests wait a lot, for servers and programs
 * that they start, and for what happens after a while.
 */
const inProcesses = ['--parallel', '--jobs', String(Math.min(4, 2 * availableParallelism()))];

const setUp = 'test/support/whole-run.ts';

/**
 * All tests compiled at once. Through the loader that the configuration of mocha names for a few files, each
 * of the processes would compile every source by itself.
 */
async function compiledTests() {
  const files = testFiles();
  const folder = await compiled(process.cwd(), wholeRun(files));
  const inFolder = (file) => join(folder, file.replace(/\.ts$/, '.mjs'));
  const config = JSON.parse(await readFile('.mocharc.json', 'utf8'));
  config['node-option'] = ['enable-source-maps', ...config['node-option'].filter(isNotOfLoader)];
  config.require = config.require.map(inFolder);
  config.extension = ['mjs'];
  const own = join(folder, 'mocharc.json');
  await writeFile(own, JSON.stringify(config));
  return ['--config', own, '--require', inFolder(setUp), ...files.map(inFolder)];
}

/** The loader itself, and what keeps Node from a way round it. */
const isNotOfLoader = (option) => !['import=tsx', 'no-experimental-require-module'].includes(option);

const testsFromSource = () => ['--require', setUp, ...testFiles()];

/** The same tests with their events in the EventStoreDB of EVENTSTORE_URL. */
async function runTestsOnEventStore(args) {
  if (!process.env.EVENTSTORE_URL) {
    console.error(
      'EVENTSTORE_URL is not set: name an EventStoreDB that tests may write to, ' +
        'such as esdb://127.0.0.1:2113?tls=false',
    );
    return { code: 2, signal: null };
  }
  return runTests(args);
}

const isTestFile = (arg) => !arg.startsWith('-') && arg.endsWith('.ts');

/** Runs it quietly; `text` is what it printed and how it ended. A failure is also named at once. */
async function check(name, args, env = {}) {
  const start = performance.now();
  const { code, signal, output } = await runNode(args, { quiet: true, env });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const outcome = `${name}: ${code === 0 ? 'passed' : 'FAILED'} (${seconds} s)`;
  if (code !== 0 && signal === null) console.log(`\n${outcome}; its report follows the tests.\n`);
  return { code, signal, text: [output.trim(), outcome].filter(Boolean).join('\n') };
}

function heading(text) {
  console.log(`\n── ${text} ${'─'.repeat(Math.max(0, 70 - text.length))}\n`);
}
