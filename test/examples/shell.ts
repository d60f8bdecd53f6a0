import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** A command that has ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** A command that is still running. */
export interface Running {
  /** Waits until its output matches, and returns the first group. @throws when it ends before */
  says(pattern: RegExp): Promise<string>;
  /** Presses Ctrl-C, as a terminal does it: the command and all that it started get the signal. */
  interrupt(): Promise<Ended>;
  kill(): void;
}

const reportState =
  'const state = JSON.stringify({ env: process.env, cwd: process.cwd() }); ' +
  'require("node:fs").writeFileSync(process.argv[1], state)';

/** A shell: variables and the directory carry over from one command to the next. */
export class Shell {
  env: Record<string, string>;
  cwd: string;
  readonly #stateFile: string;

  /** @param stateFile a file of this shell's own */
  constructor(cwd: string, env: Record<string, string>, stateFile: string) {
    this.cwd = cwd;
    this.env = env;
    this.#stateFile = stateFile;
  }

  async run(command: string): Promise<Ended> {
    const changes = /^(export|cd|\.) |(^|&& )([A-Za-z_]+=\S* *$|[a-z]+=|cd )/.test(command);
    const after = changes ? `\ncode=$?\n"$NODE" -e '${reportState}' "$STATE"\nexit $code` : '';
    const { child, written } = this.#spawn(`set -a\n${command}${after}`, {
      NODE: process.execPath,
      STATE: this.#stateFile,
    });
    const code = await new Promise<number>((resolve) => {
      child.once('close', (status) => {
        resolve(status ?? -1);
      });
    });
    if (changes && code === 0) {
      const { env, cwd } = JSON.parse(await readFile(this.#stateFile, 'utf8')) as {
        env: Record<string, string>;
        cwd: string;
      };
      this.env = env;
      this.cwd = cwd;
    }
    return { code, ...written };
  }

  start(command: string): Running {
    const { child, written, changed } = this.#spawn(command, {});
    let code: number | null = null;
    const ended = new Promise<void>((resolve) => {
      child.once('close', (status) => {
        code = status ?? -1;
        resolve();
      });
    });
    const signal = (name: NodeJS.Signals): void => {
      try {
        process.kill(-(child.pid ?? 0), name);
      } catch {
        // It has ended already.
      }
    };
    return {
      says: (pattern) =>
        new Promise((resolve, reject) => {
          const look = (): void => {
            const match = pattern.exec(written.stdout);
            if (match !== null) resolve(match[1] ?? '');
          };
          changed.add(look);
          look();
          void ended.then(() => {
            reject(
              new Error(
                `${command} ended with ${code} before it said ${pattern}:\n` +
                  `${written.stdout}${written.stderr}`,
              ),
            );
          });
        }),
      async interrupt() {
        signal('SIGINT');
        await ended;
        return { code: code ?? -1, ...written };
      },
      kill: () => {
        if (code === null) signal('SIGKILL');
      },
    };
  }

  #spawn(script: string, more: Record<string, string>) {
    const child = spawn('sh', ['-c', script], {
      cwd: this.cwd,
      env: { ...this.env, ...more },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const written = { stdout: '', stderr: '' };
    const changed = new Set<() => void>();
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        written[name] += text;
        for (const look of changed) look();
      });
    }
    return { child, written, changed };
  }
}
