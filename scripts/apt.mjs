// Installs a package with apt on a Debian-like machine. Node's own modules only, as install.mjs.
import { spawn } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The first of these programs in PATH, by the order of the names; null where there is none. */
export async function programInPath(env, names) {
  const places = (env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const file of names.flatMap((name) => places.map((directory) => join(directory, name)))) {
    if (await isProgram(file)) return file;
  }
  return null;
}

/** Whether a file can be run. */
export async function isProgram(file) {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/**
 * Installs a package that brings one of the `programs`, where apt is there and we are or may become root
 * without a password. It prints only when it installs, and never fails: what needs the program reports later
 * that it is missing.
 * @param what the package as people call it, and what it is for
 * @param seconds how long the download may take
 * @param service one that the package brings, and that is not to be started at boot
 */
export async function installWithApt({
  packageName,
  programs,
  what: { name, purpose },
  seconds = 120,
  service = '',
  env,
  root,
  policy,
}) {
  if (process.platform !== 'linux' || (await programInPath(env, ['apt-get'])) === null) return;
  if (!root && !(await sudoAsksNothing(env))) return;
  console.log(`Installing ${name} for ${purpose} (apt-get install ${packageName}) …`);
  const command = ['sh', '-c', script, 'arcadia-install', policy, packageName, String(seconds), service];
  const { code, output } = await run(root ? command : ['sudo', '-n', ...command], env);
  if (code === 0 && (await programInPath(env, programs)) !== null) return;
  console.log(`${name} could not be installed:\n${lastLines(output)}`);
}

const sudoAsksNothing = async (env) =>
  (await programInPath(env, ['sudo'])) !== null && (await run(['sudo', '-n', 'true'], env)).code === 0;

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
package="install --yes --no-install-recommends $2"
# Only downloads have a time limit: a package that is half unpacked would be broken.
download() { timeout "$3" apt-get $options --download-only $package; }
exec < /dev/null
download "$@" || { timeout 120 apt-get $options update && download "$@"; } || exit 1
apt-get $options $package || exit 1
if [ -z "$4" ]; then :
elif command -v systemctl > /dev/null; then systemctl disable "$4.service"
elif command -v update-rc.d > /dev/null; then update-rc.d "$4" disable
fi
exit 0
`;

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
