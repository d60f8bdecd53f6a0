/**
 * The fonts of documents. They come from packages, since the machine that renders may have none, and every
 * machine has to give the same bytes.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as fontkit from 'fontkit';

export type Weight = 'regular' | 'bold';

/** A font file that is open. */
export interface Face {
  /** Under which a PDF registers it. */
  id: string;
  bytes: Buffer;
  font: fontkit.Font;
}

/** Files of a family by weight. A family that is cut into slices has several. */
interface Family {
  name: string;
  files: Record<Weight, () => string[]>;
}

const require = createRequire(import.meta.url);

/** The folder of a package, from a file of it that its `exports` allow. */
const packageFolder = (file: string, levels: number): string => {
  let folder = require.resolve(file);
  for (let level = 0; level < levels; level += 1) folder = dirname(folder);
  return folder;
};

function embedded(name: string, file: string, extension: 'ttf' | 'otf'): Family {
  const path = (weight: string) => [
    join(packageFolder(`@embedpdf/${name}`, 2), 'fonts', `${file}-${weight}.${extension}`),
  ];
  return { name, files: { regular: () => path('Regular'), bold: () => path('Bold') } };
}

function sliced(name: string, bold: '400' | '700'): Family {
  const paths = (weight: string) => {
    const folder = join(packageFolder(`@fontsource/${name}/metadata.json`, 1), 'files');
    const slices = readdirSync(folder).filter((file) => file.endsWith(`-${weight}-normal.woff`));
    return slices.sort().map((file) => join(folder, file));
  };
  return { name, files: { regular: () => paths('400'), bold: () => paths(bold) } };
}

const emojiFile = '@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf';

/** In the order in which they are asked: the first that has a character draws it. */
const families: readonly Family[] = [
  embedded('fonts-latin', 'NotoSans', 'ttf'),
  embedded('fonts-sc', 'NotoSansHans', 'otf'),
  embedded('fonts-hebrew', 'NotoSansHebrew', 'ttf'),
  embedded('fonts-arabic', 'NotoNaskhArabic', 'ttf'),
  sliced('noto-sans-thai', '700'),
  sliced('gowun-dodum', '400'),
  sliced('noto-sans-symbols-2', '400'),
  {
    name: 'noto-emoji',
    files: { regular: () => [require.resolve(emojiFile)], bold: () => [require.resolve(emojiFile)] },
  },
];

const opened = new Map<string, Face[]>();

function openFile(id: string, path: string): Face {
  const bytes = readFileSync(path);
  const font = fontkit.create(bytes);
  if (!('hasGlyphForCodePoint' in font)) throw new Error(`${path} is a collection of fonts`);
  return { id, bytes, font };
}

function facesOf(family: Family, weight: Weight): Face[] {
  const key = `${family.name} ${weight}`;
  let faces = opened.get(key);
  if (faces === undefined) {
    faces = family.files[weight]().map((path, no) => openFile(`${key} ${no}`, path));
    opened.set(key, faces);
  }
  return faces;
}

const found = new Map<string, Face | null>();

/**
 * The first face that has all of these code points; null: no font has them together.
 */
export function faceFor(codePoints: readonly number[], weight: Weight): Face | null {
  const key = `${weight} ${codePoints.join(' ')}`;
  const known = found.get(key);
  if (known !== undefined) return known;
  for (const family of families)
    for (const face of facesOf(family, weight))
      if (codePoints.every((codePoint) => face.font.hasGlyphForCodePoint(codePoint))) {
        found.set(key, face);
        return face;
      }
  found.set(key, null);
  return null;
}
