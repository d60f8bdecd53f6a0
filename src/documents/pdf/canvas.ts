import PDFDocument from 'pdfkit';
import type { Face, Weight } from './fonts.ts';
import { visibleText } from '../visible-text.ts';
import { clustersOf, runsOf, type Cluster, type Run } from './text-runs.ts';

/** How a text looks. Sizes are points. */
export interface TextStyle {
  size: number;
  weight?: Weight;
  color?: string;
}

/** A line of text that fits its width. */
export interface TextLine {
  runs: Run[];
  width: number;
}

/** The paper: A4 in points, with its margins. */
export const paper = { width: 595.28, height: 841.89, left: 48, right: 547.28, top: 48, bottom: 782 };

/** One colour for what leads the eye, greys for the rest. */
export const colors = {
  ink: '#1b2430',
  accent: '#1f4e79',
  muted: '#66717e',
  rule: '#d5dbe1',
  wash: '#eef3f8',
};

/** Height of a line for a size: room for accents of every script. */
export const lineHeight = (size: number): number => Math.round(size * 14) / 10;

/** Characters between which a line may break, in scripts that write no spaces. */
const breakable =
  /[\u0e00-\u0e7f\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\u{1f000}-\u{3ffff}]/u;

/**
 * A PDF that is being drawn: measures and places text, whatever its scripts. Coordinates are points from the
 * top left corner. The same calls give the same bytes: neither clock nor random numbers are read.
 */
export class Canvas {
  readonly #pdf: PDFKit.PDFDocument;
  readonly #chunks: Buffer[] = [];
  readonly #ended: Promise<void>;
  readonly #registered = new Set<string>();
  readonly #widths = new Map<string, number>();
  readonly #broken = new Map<string, TextLine[]>();

  /** @param day `YYYY-MM-DD`, the date that the file carries */
  constructor(info: { title: string; author: string; day: string }) {
    const date = new Date(`${info.day}T00:00:00Z`);
    this.#pdf = new PDFDocument({
      size: [paper.width, paper.height],
      margin: 0,
      autoFirstPage: false,
      bufferPages: true,
      // Node's zlib differs between versions and machines: `deflateStreams` compresses instead.
      compress: false,
      info: {
        Title: visibleText(info.title),
        Author: visibleText(info.author),
        Creator: 'arcadia-cloud',
        CreationDate: date,
        ModDate: date,
      },
    });
    this.#pdf.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    this.#ended = new Promise((resolve, reject) => {
      this.#pdf.on('end', resolve);
      this.#pdf.on('error', reject);
    });
  }

  addPage(): void {
    this.#pdf.addPage();
  }

  /** Goes back to every page, to draw what depends on their number. */
  onEachPage(draw: (no: number, of: number) => void): void {
    const { start, count } = this.#pdf.bufferedPageRange();
    for (let page = 0; page < count; page += 1) {
      this.#pdf.switchToPage(start + page);
      draw(page + 1, count);
    }
  }

  async end(): Promise<Buffer> {
    this.#pdf.end();
    await this.#ended;
    return Buffer.concat(this.#chunks);
  }

  #use(face: Face, size: number): void {
    if (!this.#registered.has(face.id)) {
      this.#pdf.registerFont(face.id, face.bytes);
      this.#registered.add(face.id);
    }
    this.#pdf.font(face.id).fontSize(size);
  }

  #widthOf(run: Run, size: number): number {
    const key = `${face(run)}${size} ${run.text}`;
    let width = this.#widths.get(key);
    if (width === undefined) {
      this.#use(run.face, size);
      width = this.#pdf.widthOfString(run.text);
      this.#widths.set(key, width);
    }
    return width;
  }

  #lineOf(clusters: readonly Cluster[], size: number): TextLine {
    const runs = runsOf(clusters);
    return { runs, width: runs.reduce((sum, run) => sum + this.#widthOf(run, size), 0) };
  }

  /** Cuts a word that is too long for a line. */
  #cut(word: readonly Cluster[], size: number, width: number): Cluster[][] {
    const pieces: Cluster[][] = [];
    let piece: Cluster[] = [];
    let used = 0;
    for (const cluster of word) {
      const wide = this.#widthOf(cluster, size);
      if (used + wide > width && piece.length > 0) {
        pieces.push(piece);
        piece = [];
        used = 0;
      }
      piece.push(cluster);
      used += wide;
    }
    return [...pieces, piece];
  }

  /** Text in lines of at most `width`; at least one line, also of an empty text. */
  lines(text: string, { size, weight = 'regular' }: TextStyle, width: number): TextLine[] {
    const key = `${weight} ${size} ${width} ${text}`;
    const done = this.#broken.get(key);
    if (done !== undefined) return done;
    const lines: Cluster[][] = [];
    let line: Cluster[] = [];
    for (const word of wordsOf(clustersOf(visibleText(text), weight))) {
      const grown = [...line, ...word];
      if (this.#lineOf(withoutEnd(grown), size).width <= width) {
        line = grown;
        continue;
      }
      if (line.length > 0) lines.push(line);
      const pieces = this.#cut(word, size, width);
      lines.push(...pieces.slice(0, -1));
      line = pieces.at(-1) ?? [];
    }
    if (line.length > 0 || lines.length === 0) lines.push(line);
    const broken = lines.map((clusters) => this.#lineOf(withoutEnd(clusters), size));
    this.#broken.set(key, broken);
    return broken;
  }

  /** Draws a line: `x` is its left end, or its right end with `align`; `y` is the top of its line height. */
  line(line: TextLine, x: number, y: number, style: TextStyle, align: 'left' | 'right' = 'left'): void {
    let at = align === 'left' ? x : x - line.width;
    const baseline = y + style.size * 1.05;
    for (const run of line.runs) {
      this.#use(run.face, style.size);
      this.#pdf.fillColor(style.color ?? colors.ink);
      this.#pdf.text(run.text, at, baseline, { lineBreak: false, baseline: 'alphabetic' });
      at += this.#widthOf(run, style.size);
    }
  }

  /** Draws lines below each other and gives the y below them. */
  block(
    lines: readonly TextLine[],
    x: number,
    y: number,
    style: TextStyle,
    align?: 'left' | 'right',
  ): number {
    let at = y;
    for (const line of lines) {
      this.line(line, x, at, style, align);
      at += lineHeight(style.size);
    }
    return at;
  }

  /** Breaks and draws a text; gives the y below it. */
  text(text: string, x: number, y: number, style: TextStyle, width: number): number {
    return this.block(this.lines(text, style, width), x, y, style);
  }

  /** A text that ends at `x`, in lines of at most `width`. */
  textRight(text: string, x: number, y: number, style: TextStyle, width: number): number {
    return this.block(this.lines(text, style, width), x, y, style, 'right');
  }

  rule(y: number, color = colors.rule, width = 0.6, from = paper.left, to = paper.right): void {
    this.#pdf.moveTo(from, y).lineTo(to, y).lineWidth(width).strokeColor(color).stroke();
  }

  fill(x: number, y: number, width: number, height: number, color: string, radius = 0): void {
    if (radius > 0) this.#pdf.roundedRect(x, y, width, height, radius).fill(color);
    else this.#pdf.rect(x, y, width, height).fill(color);
  }
}

const face = (run: Run): string => `${run.face.id} `;

const withoutEnd = (clusters: readonly Cluster[]): Cluster[] => {
  let end = clusters.length;
  while (clusters[end - 1]?.text === ' ') end -= 1;
  return clusters.slice(0, end);
};

/** Pieces between which a line may break: words with their blanks, and characters of scripts without any. */
function wordsOf(clusters: readonly Cluster[]): Cluster[][] {
  const words: Cluster[][] = [];
  let word: Cluster[] = [];
  for (const cluster of clusters) {
    const before = word.at(-1);
    const breaks =
      before !== undefined &&
      ((before.text === ' ' && cluster.text !== ' ') ||
        (cluster.text !== ' ' && (breakable.test(cluster.text) || breakable.test(before.text))));
    if (breaks) {
      words.push(word);
      word = [];
    }
    word.push(cluster);
  }
  return word.length === 0 ? words : [...words, word];
}
