import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A file that pages load: small, named by its content, and kept by browsers for ever. */
export interface Asset {
  /** Its address. */
  href: string;
  type: string;
  bytes: Buffer;
}

const own = (name: string): string => fileURLToPath(new URL(`assets/${name}`, import.meta.url));
const resolve = createRequire(import.meta.url).resolve;

/** Where each asset comes from: the folder `assets`, or a package. */
const sources: Readonly<Record<string, { file: () => string; type: string }>> = {
  'inter.woff2': {
    file: () => resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'),
    type: 'font/woff2',
  },
  'inter-ext.woff2': {
    file: () => resolve('@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2'),
    type: 'font/woff2',
  },
  'htmx.js': { file: () => resolve('htmx.org/dist/htmx.min.js'), type: 'text/javascript' },
  'uplot.js': { file: () => resolve('uplot/dist/uPlot.iife.min.js'), type: 'text/javascript' },
  'uplot.css': { file: () => resolve('uplot/dist/uPlot.min.css'), type: 'text/css' },
  'console.js': { file: () => own('console.js'), type: 'text/javascript' },
  'export.js': { file: () => own('export.js'), type: 'text/javascript' },
  'console.css': { file: () => own('console.css'), type: 'text/css' },
  'icon.svg': { file: () => own('icon.svg'), type: 'image/svg+xml' },
};

/** The style sheet as it is written. */
export const styleSheet = (): string => readFileSync(own('console.css'), 'utf8');

export const assetPath = '/console/assets/';

/** All assets by name. Style sheets name others as `url(asset:<name>)`. */
export function loadAssets(): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const [name, { file, type }] of Object.entries(sources)) {
    const read = readFileSync(file());
    const bytes =
      type === 'text/css'
        ? Buffer.from(
            read
              .toString()
              .replaceAll(
                /url\(asset:([\w.-]+)\)/g,
                (_all, other: string) => `url(${hrefOf(assets, other)})`,
              ),
          )
        : read;
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
    const href = `${assetPath}${name.replace(/\.(\w+)$/, `-${hash}.$1`)}`;
    assets.set(name, { href, type: type.startsWith('text/') ? `${type}; charset=utf-8` : type, bytes });
  }
  return assets;
}

function hrefOf(assets: ReadonlyMap<string, Asset>, name: string): string {
  const asset = assets.get(name);
  if (asset === undefined) throw new Error(`there is no asset ${name}`);
  return asset.href;
}

/** The address of an asset. @throws {Error} for one that does not exist */
export function assetAddress(assets: ReadonlyMap<string, Asset>): (name: string) => string {
  return (name) => hrefOf(assets, name);
}
