// The tasks. Each takes the arguments after its name and resolves to the end of its last program.
import { availableParallelism } from 'node:os';
import { runNode } from './child.mjs';
import { fromSource, runnable } from './compile.mjs';

const tsc = 'node_modules/typescript/bin/tsc';
const eslint = 'node_modules/eslint/bin/eslint.js';
const prettier = 'node_modules/prettier/bin/prettier.cjs';
const mocha = 'node_modules/mocha/bin/mocha.js';

const typecheckArgs = [tsc, '--pretty'];
const lintArgs = [
  eslint,
  '.',
  '--cache',
  '--cache-location',
  'node_modules/.cache/eslint',
  '--max-warnings=0',
];
const formatArgs = [prettier, '.', '--cache', '--log-level=warn'];

/**
 * Memory for short-lived objects: with half of it the objects of thousands of concurrent commands outlive a
 * collection, and each command costs a fifth more.
 */
const heap = '--max-semi-space-size=32';

/** Runs a program, compiled once, in one process to signal. */
const program = (file) => async (args) => runNode([heap, ...(await runnable(process.cwd(), file)), ...args]);

export const tasks = {
  test: runTests,
  'test:eventstore': runTestsOnEventStore,
  typecheck: (args) => runNode([...typecheckArgs, ...args]),
  lint,
  format: (args) => runNode([...formatArgs, '--write', ...args]),
  demo: program('demo/demo.ts'),
  sandbox: program('demo/sandbox.ts'),
  bench: (args) => runNode([heap, ...fromSource('test/bench/run.ts'), ...args]),
  build: (args) => runNode(['scripts/build.mjs', ...args]),
  start: program('src/main.ts'),
  arcadia: program('src/cli.ts'),
};

/** The tasks that use job queues. */
export const needsRedis = new Set(['test', 'demo', 'sandbox', 'bench', 'start', 'test:eventstore']);

async function lint(args) {
  const rules = await runNode([...lintArgs, ...args]);
  return rules.code === 0 ? runNode([...formatArgs, '--check']) : rules;
}

/** Type check and lint side by side, then the tests, unless one of them fails. Arguments go to mocha. */
async function runTests(args) {
  heading('Type check and lint');
  const checks = await Promise.all([
    check('type check', typecheckArgs),
    check('lint', lintArgs),
    check('format', [...formatArgs, '--check']),
  ]);
  const failed = checks.find(({ code }) => code !== 0);
  if (failed) return failed;
  heading('Tests');
  return runNode([mocha, ...args, ...(args.some(isTestFile) ? [] : wholeRun)]);
}

/** All tests, in a process for each processor, but two to four: tests wait a lot. */
const wholeRun = [
  '--parallel',
  '--jobs',
  String(Math.min(4, Math.max(2, availableParallelism()))),
  '--require',
  'test/support/whole-run.ts',
  'test/**/*.test.ts',
];

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

async function check(name, args) {
  const start = performance.now();
  const result = await runNode(args, { quiet: true });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (result.output.trim() !== '') console.log(result.output.trimEnd());
  console.log(`${name}: ${result.code === 0 ? 'passed' : 'FAILED'} (${seconds} s)`);
  return result;
}

function heading(text) {
  console.log(`\n── ${text} ${'─'.repeat(Math.max(0, 70 - text.length))}\n`);
}
