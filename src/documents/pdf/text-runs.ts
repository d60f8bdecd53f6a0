/**
 * Text as it is drawn: characters that no font has are replaced by a box, and pieces of one font follow each
 * other from left to right, as the Unicode Bidirectional Algorithm orders them.
 */
import bidiModule from 'bidi-js';
import type { Bidi } from 'bidi-js/src/bidi.d.ts';
import { box } from '../visible-text.ts';
import { faceFor, type Face, type Weight } from './fonts.ts';

/** What a reader sees as one character: a letter with its marks, or an emoji of several parts. */
export interface Cluster {
  text: string;
  face: Face;
}

/** A piece of text in one font, in the order in which its font lays it out. */
export interface Run {
  text: string;
  face: Face;
}

/** The package's types describe an ES module; what Node loads is its factory itself. */
function isFactory(value: unknown): value is () => Bidi {
  return typeof value === 'function';
}
if (!isFactory(bidiModule)) throw new Error('bidi-js exports no factory');
const bidi = bidiModule();

/** Shape their neighbours and have no form of their own. */
const shaping =
  /[\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff\u{e0000}-\u{e0fff}]/u;
const joiner = '\u200d';
const skinTone = /\p{Emoji_Modifier}/u;

/** Cuts text into what a reader sees as characters. */
function graphemes(text: string): string[] {
  const cut: string[] = [];
  for (const character of text) {
    const last = cut.at(-1);
    const joins =
      last !== undefined &&
      last !== ' ' &&
      (/\p{M}/u.test(character) ||
        shaping.test(character) ||
        skinTone.test(character) ||
        last.endsWith(joiner));
    if (joins) cut[cut.length - 1] = last + character;
    else cut.push(character);
  }
  return cut;
}

const codePointsOf = (text: string): number[] =>
  Array.from(text, (character) => character.codePointAt(0) ?? 0);

function boxCluster(weight: Weight): Cluster {
  const face = faceFor(codePointsOf(box), weight);
  if (face === null) throw new Error('no font has the box that stands for missing characters');
  return { text: box, face };
}

/** The parts of a character that no font has as a whole. */
function partsOf(grapheme: string, weight: Weight): Cluster[] {
  return Array.from(grapheme)
    .filter((character) => !shaping.test(character))
    .map((character) => {
      const face = faceFor(codePointsOf(character), weight);
      return face === null ? boxCluster(weight) : { text: character, face };
    });
}

const known = new Map<string, Cluster[]>();

function clustersOfGrapheme(grapheme: string, weight: Weight): Cluster[] {
  const key = `${weight} ${grapheme}`;
  let clusters = known.get(key);
  if (clusters === undefined) {
    const whole = faceFor(codePointsOf(grapheme), weight);
    const bare = Array.from(grapheme)
      .filter((character) => !shaping.test(character))
      .join('');
    const face = whole ?? (bare === '' ? null : faceFor(codePointsOf(bare), weight));
    clusters = face === null ? partsOf(grapheme, weight) : [{ text: whole === null ? bare : grapheme, face }];
    known.set(key, clusters);
  }
  return clusters;
}

/** The characters of a visible text, each with its font. */
export function clustersOf(text: string, weight: Weight): Cluster[] {
  return graphemes(text).flatMap((grapheme) => clustersOfGrapheme(grapheme, weight));
}

interface LevelRun {
  clusters: string[];
  face: Face;
  level: number;
}

/** Reverses, from the highest level down to 1, every sequence of runs of at least that level (rule L2). */
function reorder(runs: LevelRun[]): LevelRun[] {
  const ordered = [...runs];
  const highest = Math.max(0, ...runs.map((run) => run.level));
  for (let level = highest; level > 0; level -= 1) {
    let start = 0;
    while (start < ordered.length) {
      let end = start;
      while ((ordered[end]?.level ?? -1) >= level) end += 1;
      if (end > start) ordered.splice(start, end - start, ...ordered.slice(start, end).reverse());
      start = end + 1;
    }
  }
  return ordered;
}

/** A run's text in the order that its font expects: fonts of scripts from the right reverse it themselves. */
function inFontOrder(run: LevelRun): string {
  const rightToLeft = run.level % 2 === 1;
  const clusters = rightToLeft
    ? run.clusters.map((text) => bidi.getMirroredCharacter(text) ?? text)
    : run.clusters;
  const text = clusters.join('');
  const reverses = run.face.font.layout(text).direction === 'rtl';
  return reverses === rightToLeft ? text : [...clusters].reverse().join('');
}

const plain = /^[\u0020-\u007e]*$/;

/** The runs of one line, from left to right. */
export function runsOf(clusters: readonly Cluster[]): Run[] {
  const text = clusters.map((cluster) => cluster.text).join('');
  const first = clusters[0];
  if (first === undefined) return [];
  if (plain.test(text) && clusters.every((cluster) => cluster.face === first.face))
    return [{ text, face: first.face }];
  const { levels } = bidi.getEmbeddingLevels(text, 'auto');
  const runs: LevelRun[] = [];
  let at = 0;
  for (const cluster of clusters) {
    const level = levels[at] ?? 0;
    const last = runs.at(-1);
    if (last?.face === cluster.face && last.level === level) last.clusters.push(cluster.text);
    else runs.push({ clusters: [cluster.text], face: cluster.face, level });
    at += cluster.text.length;
  }
  return reorder(runs).map((run) => ({ text: inFontOrder(run), face: run.face }));
}
