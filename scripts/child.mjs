// Runs a program as if it were this process: same terminal, same signals, same end.
import { spawn } from 'node:child_process';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a Node program in the foreground, or quietly with its output collected; `env` are further variables.
 * Resolves to `{ code, signal, output }` when it has ended.
 */
export function runNode(args, { quiet = false, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      env: { ...colourful(quiet), ...env },
    });
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    const listeners = forwarded.map((signal) => {
      // On Ctrl-C the terminal signals the child too; a second SIGINT would cut its clean shutdown short.
      const listener = () => {
        if (!(signal === 'SIGINT' && process.stdin.isTTY)) child.kill(signal);
      };
      process.on(signal, listener);
      return [signal, listener];
    });
    // On SIGTERM npm ends its shell but not this process, which ends the child once its parent is gone.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      child.kill('SIGTERM');
    }, 500);
    const settle = () => {
      clearInterval(watch);
      removeListeners();
    };
    const removeListeners = () => listeners.forEach(([signal, listener]) => process.off(signal, listener));
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('close', (code, signal) => {
      settle();
      resolve({ code, signal, output: Buffer.concat(chunks).toString('utf8') });
    });
  });
}

/** Collected output is printed to our terminal later, so it may have colours. */
function colourful(quiet) {
  return quiet && process.stdout.isTTY && !process.env.NO_COLOR
    ? { ...process.env, FORCE_COLOR: '1' }
    : process.env;
}

/** Ends this process as the child did: by its exit code or signal. */
export function exitAs({ code, signal }) {
  if (signal !== null) {
    process.kill(process.pid, signal);
    // If the signal can't be raised here (Windows); 128 is the shell's code for a signal.
    setTimeout(() => process.exit(128), 1000);
    return;
  }
  process.exitCode = code ?? 1;
}
