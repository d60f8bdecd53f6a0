import { basename } from 'node:path';

/** How to call npm: the one that runs this script, or that in PATH. */
export function npmCommand(args) {
  const path = process.env.npm_execpath;
  if (path && basename(path) === 'npm-cli.js') return { command: process.execPath, args: [path, ...args] };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', args };
}
