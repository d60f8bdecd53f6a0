// Installs a Redis server on a Debian-like machine without one. Node's own modules only, as install.mjs.
import { spawn } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';

const probeMilliseconds = 500;

/**
 * Installs `redis-server` with apt if REDIS_URL is unset, no Redis answers on 127.0.0.1:6379, none is in
 * PATH, and we are or may become root without a password. It prints only when it installs, and never fails:
 * programs that need Redis report later that it is missing.
 */
export async function ensureRedis({
  env = process.env,
  root = process.getuid?.() === 0,
  port = 6379,
  policy = '/usr/sbin/policy-rc.d',
} = {}) {
  if (env.REDIS_URL?.trim() || process.platform !== 'linux') return;
  if ((await inPath(env, 'redis-server')) || (await inPath(env, 'valkey-server'))) return;
  if (!(await inPath(env, 'apt-get')) || (await answers(port))) return;
  const prefix = root ? [] : ['sudo', '-n'];
  if (!root && !((await inPath(env, 'sudo')) && (await run(['sudo', '-n', 'true'], env)).code === 0)) return;
  console.log('Installing Redis for the job queues (apt-get install redis-server) …');
  const { code, output } = await run([...prefix, 'sh', '-c', script, 'arcadia-redis', policy], env);
  if (code === 0 && (await inPath(env, 'redis-server'))) return;
  console.log(`Redis could not be installed:\n${lastLines(output)}`);
}

/**
 * Run by root. An installed package starts its service unless policy-rc.d forbids it: a policy of the machine
 * is kept, else ours is there during the installation. The service is also disabled for the next boot, since
 * the project starts its own.
 */
const script = `
set -u
policy=$1
if [ ! -e "$policy" ] && [ ! -L "$policy" ] || grep -qs arcadia-cloud "$policy"; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\\n# For as long as arcadia-cloud installs a package: it starts no service.\\n' > "$policy"
  printf 'exit 101\\n' >> "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
options='-qq -o DPkg::Lock::Timeout=60 -o Dpkg::Use-Pty=0 -o Acquire::Retries=1'
options="$options -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20"
package='install --yes --no-install-recommends redis-server'
# Only downloads have a time limit: a package that is half unpacked would be broken.
download() { timeout 120 apt-get $options --download-only $package; }
exec < /dev/null
download || { timeout 120 apt-get $options update && download; } || exit 1
apt-get $options $package || exit 1
if command -v systemctl > /dev/null; then systemctl disable redis-server.service
elif command -v update-rc.d > /dev/null; then update-rc.d redis-server disable
fi
exit 0
`;

async function inPath(env, name) {
  for (const directory of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const file = join(directory, name);
    if (
      await access(file, constants.X_OK)
        .then(() => stat(file))
        .then(
          (found) => found.isFile(),
          () => false,
        )
    )
      return true;
  }
  return false;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const settle = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    // One limit for all: a program that connects and does not answer is no Redis.
    const timer = setTimeout(() => settle(false), probeMilliseconds);
    socket.once('close', () => clearTimeout(timer));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => settle(/^(\+PONG|-LOADING)/.test(data.toString('latin1'))));
    socket.once('error', () => settle(false));
  });
}

/** Runs a command quietly, without rejecting; `output` is what it printed. */
function run([command, ...args], env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.once('error', (error) => resolve({ code: 1, output: error.message }));
    child.once('close', (code) =>
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8') }),
    );
  });
}

const lastLines = (text) =>
  text
    .trim()
    .split('\n')
    .slice(-5)
    .map((line) => `  ${line}`)
    .join('\n');
