import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Compiled {
  programs: readonly string[];
}
interface Compiler {
  fromSource: (file: string) => string[];
  sets: { product: Compiled; testing: Compiled };
  runnable: (root: string, program: string, set: Compiled) => Promise<string[]>;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { fromSource, runnable, sets } = (await import(
  new URL('../../../scripts/compile.mjs', import.meta.url).href
)) as Compiler;

const compiled = new Map<string, string[]>();
for (const set of [sets.product, sets.testing])
  for (const file of set.programs) compiled.set(file, await runnable(root, file, set));

/** A running program of the project. */
export interface Child {
  pid: number;
  /** Everything it has written so far. */
  stdout(): string;
  stderr(): string;
  /** Waits until stdout matches, and returns the match; throws when the program ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
  /** Its exit code, once it has ended; -1 when a signal ended it. */
  ended: Promise<number>;
}

/**
 * Node's arguments to start a program of the project or of the tests: compiled, since a loader that compiles
 * every source at each start takes over a second of a processor.
 */
export const argumentsFor = (file: string): string[] => compiled.get(file) ?? fromSource(file);

/** Starts a TypeScript program of the project with exactly this environment (and PATH). */
export function startChild(file: string, args: readonly string[], env: Record<string, string>): Child {
  const child = spawn(process.execPath, [...argumentsFor(file), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  const written = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<number>((resolve) => {
    child.once('close', (code) => {
      resolve(code ?? -1);
    });
  });
  return {
    pid: child.pid ?? -1,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(written.stdout);
          if (match !== null) resolve(match);
        };
        listeners.add(look);
        look();
        void ended.then((code) => {
          reject(
            new Error(
              `it ended with ${code} before it said ${pattern}:\n${written.stdout}\n${written.stderr}`,
            ),
          );
        });
      }),
    kill: (signal) => {
      child.kill(signal);
    },
    ended,
  };
}

/** Runs a program until it ends. */
export async function runChild(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = startChild(file, args, env);
  const code = await child.ended;
  return { code, stdout: child.stdout(), stderr: child.stderr() };
}
