import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import type { Page } from 'playwright-core';

const folder = fileURLToPath(new URL('../../golden/console/', import.meta.url));
const images = fileURLToPath(new URL('../../../docs/images/', import.meta.url));

/** The share of pixels that may differ: fonts are drawn a little otherwise by each release of a browser. */
const tolerance = 0.01;

/** How much a pixel may differ, from 0 to 1. */
const threshold = 0.2;

/**
 * A picture at half its size, in 4096 colours: small as a file, and what one release of a browser draws
 * otherwise than another is mostly gone.
 */
function reduced(picture: Buffer): PNG {
  const large = PNG.sync.read(picture);
  const small = new PNG({ width: large.width >> 1, height: large.height >> 1 });
  for (let y = 0; y < small.height; y += 1) {
    for (let x = 0; x < small.width; x += 1) {
      const to = (y * small.width + x) * 4;
      for (let channel = 0; channel < 3; channel += 1) {
        const at = (row: number, column: number): number =>
          large.data[((2 * y + row) * large.width + 2 * x + column) * 4 + channel] ?? 0;
        const mean = (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) >> 2;
        small.data[to + channel] = (mean >> 4) * 17;
      }
      small.data[to + 3] = 255;
    }
  }
  return small;
}

const written = (picture: PNG): Buffer =>
  PNG.sync.write(picture, { colorType: 2, inputHasAlpha: true, deflateLevel: 9 });

/** Hides what differs from run to run: ids, positions of the journal, and the blinking cursor. */
const still = `
  for (const place of document.querySelectorAll('.id, .freshness')) place.style.visibility = 'hidden';
  document.activeElement?.blur();
  document.fonts.ready.then(() => undefined)`;

/**
 * Why a page looks otherwise than its golden picture, or null where it does not. `UPDATE_GOLDEN=1` writes the
 * picture instead.
 */
export async function pictureFault(page: Page, name: string): Promise<string | null> {
  await page.evaluate(still);
  const found = reduced(await page.screenshot({ animations: 'disabled', caret: 'hide' }));
  const file = join(folder, `${name}.png`);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, written(found));
    return null;
  }
  const golden = PNG.sync.read(await readFile(file));
  if (golden.width !== found.width || golden.height !== found.height)
    return `${name} is ${found.width} × ${found.height}, not ${golden.width} × ${golden.height}`;
  const difference = new PNG({ width: found.width, height: found.height });
  const pixels = pixelmatch(golden.data, found.data, difference.data, found.width, found.height, {
    threshold,
  });
  const share = pixels / (found.width * found.height);
  if (share <= tolerance) return null;
  const shown = join(tmpdir(), `arcadia-${name}`);
  await writeFile(`${shown}-found.png`, written(found));
  await writeFile(`${shown}-difference.png`, PNG.sync.write(difference));
  return (
    `${name} differs in ${(100 * share).toFixed(1)} % of its pixels: see ${shown}-found.png and ` +
    `${shown}-difference.png; UPDATE_GOLDEN=1 takes it as it is now`
  );
}

/** With `UPDATE_GOLDEN=1` writes a page as a screenshot of the README, in as many colours as a file needs. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  if (process.env['UPDATE_GOLDEN'] !== '1') return;
  const picture = PNG.sync.read(await page.screenshot({ animations: 'disabled', caret: 'hide' }));
  for (let at = 0; at < picture.data.length; at += 1)
    if (at % 4 !== 3) picture.data[at] = Math.min(255, Math.round((picture.data[at] ?? 0) / 8) * 8);
  await mkdir(images, { recursive: true });
  await writeFile(join(images, `console-${name}.png`), written(picture));
}
