import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a program for PATH that notes its arguments, a JSON list a line, and makes what it was to make. */
export async function putStandIn(folder: string, name: string, log: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, name),
    `#!${process.execPath}
const fs = require('node:fs');
const args = process.argv.slice(2);
fs.appendFileSync(${JSON.stringify(log)}, JSON.stringify([${JSON.stringify(name)}, ...args]) + '\\n');
for (const arg of args) {
  const [, option, value] = /^--(file|pgdata)=(.+)$/.exec(arg) ?? [];
  if (option === 'file') fs.writeFileSync(value, 'saved');
  if (option === 'pgdata') fs.mkdirSync(value);
}
`,
  );
  await chmod(join(folder, name), 0o755);
}

/** Stand-ins for curl and openssl, last in PATH: for machines that lack them. */
const tools: Readonly<Record<string, string>> = {
  openssl:
    'const [, , , size] = process.argv.slice(1); ' +
    "console.log(require('node:crypto').randomBytes(Number(size)).toString('base64'));",
  curl: `
const headers = {};
let url, body, shown = false;
for (let args = process.argv.slice(2); args.length > 0;) {
  const arg = args.shift();
  if (arg === '-H') {
    const [name, ...value] = args.shift().split(':');
    headers[name] = value.join(':').trim();
  }
  else if (arg === '-d') body = args.shift();
  else if (arg === '-i') shown = true;
  else if (arg.startsWith('-')) throw new Error('the stand-in for curl does not know ' + arg);
  else url = arg;
}
fetch(url, body === undefined ? { headers } : { method: 'POST', headers, body }).then(async (answer) => {
  const headerLines = [...answer.headers].map((header) => header.join(': '));
  if (shown) console.log(['HTTP/1.1 ' + answer.status, ...headerLines, ''].join('\\n'));
  process.stdout.write(await answer.text());
  process.exitCode = answer.ok ? 0 : 22;
});`,
};

/** Puts the tools into a folder. */
export async function putMissingTools(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, source] of Object.entries(tools)) {
    await writeFile(join(folder, name), `#!${process.execPath}\n${source}\n`);
    await chmod(join(folder, name), 0o755);
  }
}

/**
 * Options of PostgreSQL's own programs, which the embedded server does not bring along: those that the
 * examples may use.
 */
const known: Readonly<Record<string, readonly string[]>> = {
  pg_dump: ['--format', '--file', '--exclude-schema', '--exclude-table-data'],
  pg_basebackup: ['--pgdata', '--wal-method', '--checkpoint'],
};

/** What is wrong with a call of one of PostgreSQL's programs. */
export function mistakesOfPostgres(
  [program = '', ...args]: readonly string[],
  databaseUrl: string,
): string[] {
  const plain = args.filter((arg) => !arg.startsWith('--'));
  return [
    ...args
      .filter((arg) => arg.startsWith('--') && !(known[program] ?? []).includes(arg.split('=')[0] ?? ''))
      .map((arg) => `${program} has no option ${arg}`),
    ...(program === 'pg_dump' && plain.join() !== databaseUrl ? [`pg_dump of ${plain.join()}`] : []),
  ];
}

/** Options of `docker compose`'s subcommands, true where a value follows. */
const dockerOptions: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  up: { '--build': false, '--detach': false, '--scale': true },
  run: { '--rm': false },
  down: { '--volumes': false },
};

/** The mistakes in a call of `docker compose`, and the command of this project that it runs. */
export function judgeDocker(
  [, compose, subcommand = '', ...args]: readonly string[],
  services: readonly string[],
): { mistakes: string[]; runs: string[] } {
  const options = compose === 'compose' ? dockerOptions[subcommand] : undefined;
  if (options === undefined) return { mistakes: [`docker ${compose ?? ''} ${subcommand}`], runs: [] };
  const rest = [...args];
  const mistakes: string[] = [];
  while (rest[0]?.startsWith('--') === true) {
    const option = rest.shift() ?? '';
    if (!(option in options)) mistakes.push(`${subcommand} ${option}`);
    const value = options[option] === true ? rest.shift()?.split('=')[0] : undefined;
    if (value !== undefined && !services.includes(value)) mistakes.push(`no service ${value}`);
  }
  const [service, ...runs] = rest;
  if (service !== undefined && !services.includes(service)) mistakes.push(`no service ${service}`);
  if (subcommand === 'run' && runs.length === 0) mistakes.push('run without a command');
  return { mistakes, runs };
}
