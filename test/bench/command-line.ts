import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { OpenPair } from './context.ts';
import type { Aim } from './figure.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Milliseconds of processor time that a program and all that it starts take: the shell's own count of its
 * children.
 */
export async function processorMs(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const line = `${[process.execPath, ...args].map(quoted).join(' ')} > /dev/null || exit 1; times`;
  const { stdout } = await run('sh', ['-c', line], { cwd: root, env });
  const ofChildren = stdout.trim().split('\n').at(-1) ?? '';
  const parts = [...ofChildren.matchAll(/(\d+)m(\d+)[.,](\d+)s/g)].map(
    ([, minutes, seconds, fraction = '']) =>
      Number(minutes) * 60_000 + Number(seconds) * 1_000 + Number(fraction.padEnd(3, '0').slice(0, 3)),
  );
  if (parts.length !== 2) throw new Error(`the shell's times can't be read: ${ofChildren}`);
  return parts.reduce((sum, part) => sum + part, 0);
}

/** Processor time of a command that does next to nothing itself, against a bare node's. */
export async function openCommandLine(name: string, args: readonly string[], aim: Aim): Promise<OpenPair> {
  return {
    pair: {
      name,
      unit: 'ms',
      aim,
      floorName: 'node -e 0',
      value: () => processorMs(['scripts/arcadia.mjs', ...args]),
      floor: () => processorMs(['-e', '0']),
    },
  };
}
