import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../support/docs/pages.ts';
import { stagesOf } from '../support/docker/stages.ts';
import type { Stage } from '../support/docker/stages.ts';

const run = promisify(execFile);

/** What is written depends on no type: the declarations of packages need not be read. */
const emitAlone = ['--noCheck', '--noResolve'];

/** The file system of the image that the Dockerfile makes, as far as the project fills it. */
export interface Image {
  /** Where `/` of the image is. */
  directory: string;
  remove: () => Promise<void>;
}

/**
 * Follows the Dockerfile without Docker: each stage is a directory of its own that gets only what the stage
 * copies. An `npm ci` gives it the packages that are installed here, any other RUN is run. The types are
 * checked by `npm test` already, so the compiler leaves that out.
 */
export async function makeImage(): Promise<Image> {
  const base = await mkdtemp(join(tmpdir(), 'arcadia-image-'));
  const made = new Map<string, string>();
  for (const stage of stagesOf(await readFile(join(root, 'Dockerfile'), 'utf8'))) {
    made.set(stage.name ?? '', await makeStage(stage, join(base, String(made.size)), made));
  }
  const last = [...made.values()].at(-1);
  if (last === undefined) throw new Error('The Dockerfile has no stage.');
  return { directory: last, remove: () => rm(base, { recursive: true, force: true }) };
}

async function makeStage(
  { steps }: Stage,
  directory: string,
  made: ReadonlyMap<string, string>,
): Promise<string> {
  let workdir = directory;
  for (const { keyword, args, flags } of steps) {
    if (keyword === 'WORKDIR') {
      workdir = join(directory, args[0] ?? '');
      await mkdir(workdir, { recursive: true });
    } else if (keyword === 'COPY') {
      const from = flags['from'] === undefined ? root : made.get(flags['from']);
      if (from === undefined) throw new Error(`There is no stage ${flags['from']}.`);
      await copy(args, from, workdir);
    } else if (keyword === 'RUN') {
      const [program = '', ...rest] = args;
      if (program === 'npm') await symlink(join(root, 'node_modules'), join(workdir, 'node_modules'));
      else
        await run(
          program === 'node' ? process.execPath : program,
          [...rest, ...(rest[0] === 'scripts/build.mjs' ? emitAlone : [])],
          { cwd: workdir },
        );
    }
  }
  return directory;
}

async function copy(args: readonly string[], from: string, workdir: string): Promise<void> {
  const target = args.at(-1) ?? '';
  for (const source of args.slice(0, -1)) {
    const to = target.endsWith('/') ? join(workdir, target, source) : join(workdir, target);
    await mkdir(dirname(to), { recursive: true });
    await cp(join(from, source), to, { recursive: true, verbatimSymlinks: true });
  }
}
