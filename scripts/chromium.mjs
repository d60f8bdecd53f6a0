// Finds the browser of the console's tests, and installs one on Debian. Node's own modules only, as
// install.mjs.
import { readFile } from 'node:fs/promises';
import { installWithApt, isProgram, programInPath } from './apt.mjs';

const programs = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const onMacOs = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The browser that CHROMIUM names, else the first of PATH or of macOS; null where there is none. */
export async function findChromium(env = process.env) {
  const named = env.CHROMIUM?.trim();
  if (named) return named;
  const found = await programInPath(env, programs);
  if (found !== null || process.platform !== 'darwin') return found;
  for (const file of onMacOs) if (await isProgram(file)) return file;
  return null;
}

/** Installs the distribution's `chromium` with apt if CHROMIUM is unset and no browser is found. */
export async function ensureChromium({
  env = process.env,
  root = process.getuid?.() === 0,
  policy = '/usr/sbin/policy-rc.d',
  release = '/etc/os-release',
} = {}) {
  if ((await findChromium(env)) !== null || (await isUbuntu(release))) return;
  await installWithApt({
    packageName: 'chromium',
    programs,
    what: { name: 'Chromium', purpose: 'the tests of the console' },
    // A hundred megabytes with all that it needs.
    seconds: 300,
    env,
    root,
    policy,
  });
}

/** Ubuntu's package is a pointer to a snap, which does not run in containers. */
async function isUbuntu(release) {
  const text = await readFile(release, 'utf8').catch(() => '');
  return /^ID=["']?ubuntu\b/m.test(text);
}
