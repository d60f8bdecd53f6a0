import { execFile } from 'node:child_process';
import { access, chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Records each call and the policy at that time, and installs the program. With a file `old-lists`, the
 * package is known only after an update; with a file `broken`, it can't be unpacked.
 */
const aptGet = (program: string) => `#!/bin/sh
case "$*" in
  *" update") word=update; rm -f "$FAKES/old-lists" ;;
  *--download-only*) word=download ;;
  *) word=install ;;
esac
policy="$(test -x "$FAKES/policy-rc.d" && cat "$FAKES/policy-rc.d" | tail -n 1)"
echo "$word $policy $DEBIAN_FRONTEND" >> "$FAKES/calls"
test "$word" = update && exit 0
test -e "$FAKES/old-lists" && { echo "E: Unable to locate package \${*##* }" >&2; exit 100; }
test "$word" = download && exit 0
test -e "$FAKES/broken" && { echo 'E: the disk is full' >&2; exit 100; }
printf '#!/bin/sh\\n' > "$FAKES/${program}"; chmod 755 "$FAKES/${program}"
`;

/** A directory with nothing but an `apt-get` of ours and the few programs that the step itself runs. */
export interface FakeApt {
  directory: string;
  /** Adds a program. */
  program(name: string, text: string): Promise<void>;
  /** Adds an empty file, which a fake asks for. */
  touch(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Calls a function of a script with the directory as PATH, and answers what it printed. */
  call(
    script: string,
    name: string,
    options: Record<string, unknown>,
    env?: Record<string, string>,
  ): Promise<string>;
  calls(): Promise<string[]>;
  policyIsLeft(): Promise<boolean>;
  close(): Promise<void>;
}

/** @param program what the package brings */
export async function fakeApt(program: string): Promise<FakeApt> {
  const directory = await mkdtemp(join(tmpdir(), 'arcadia-set-up-'));
  for (const name of ['sh', 'rm', 'chmod', 'grep', 'cat', 'tail', 'timeout']) {
    const { stdout } = await run('/bin/sh', ['-c', `command -v ${name}`]);
    await symlink(stdout.trim(), join(directory, name));
  }
  const file = (name: string): string => join(directory, name);
  const add = async (name: string, text: string): Promise<void> => {
    await writeFile(file(name), text);
    await chmod(file(name), 0o755);
  };
  await add('apt-get', aptGet(program));
  return {
    directory,
    program: add,
    touch: (name) => writeFile(file(name), ''),
    remove: (name) => rm(file(name)),
    async call(script, name, options, env = {}) {
      const url = new URL(`../../../scripts/${script}`, import.meta.url).href;
      const given = { root: true, policy: file('policy-rc.d'), ...options };
      const code = `const { ${name} } = await import(${JSON.stringify(url)});
        await ${name}(${JSON.stringify(given)});`;
      const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', code], {
        env: { PATH: directory, FAKES: directory, ...env },
      });
      if (stderr !== '') throw new Error(`${name} of ${script} printed an error: ${stderr}`);
      return stdout;
    },
    calls: async () =>
      (await readFile(file('calls'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== ''),
    policyIsLeft: () =>
      access(file('policy-rc.d')).then(
        () => true,
        () => false,
      ),
    close: () => rm(directory, { recursive: true, force: true }),
  };
}
