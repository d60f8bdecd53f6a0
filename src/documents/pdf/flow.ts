import { colors, lineHeight, paper, type Canvas } from './canvas.ts';

/** Style of small print. */
const small = { size: 7.5, color: colors.muted };

/**
 * Where the next part of a document goes. A part asks for room before it draws itself, and continues at the
 * top of a new page where there is none.
 */
export class Flow {
  readonly canvas: Canvas;
  readonly #continued: string;
  y = paper.top;

  /** @param continued what stands at the top of the second and later pages */
  constructor(canvas: Canvas, continued: string) {
    this.canvas = canvas;
    this.#continued = continued;
    canvas.addPage();
  }

  /** Whether a part of this height fits on the page. */
  fits(height: number): boolean {
    return this.y + height <= paper.bottom;
  }

  /** Begins a new page unless a part of this height fits. True: it did. */
  need(height: number): boolean {
    // What is higher than a page is drawn from its top, and may run over its end.
    if (this.fits(height) || this.y <= paper.top + 24) return false;
    this.newPage();
    return true;
  }

  newPage(): void {
    this.canvas.addPage();
    const [line] = this.canvas.lines(this.#continued, small, paper.right - paper.left);
    if (line !== undefined) this.canvas.line(line, paper.left, paper.top - 14, small);
    this.canvas.rule(paper.top);
    this.y = paper.top + 14;
  }

  /** Draws a paragraph line by line, over as many pages as it takes. */
  paragraph(text: string, style: { size: number; color?: string; weight?: 'bold' }, width: number): void {
    for (const line of this.canvas.lines(text, style, width)) {
      this.need(lineHeight(style.size));
      this.canvas.line(line, paper.left, this.y, style);
      this.y += lineHeight(style.size);
    }
  }

  /** Draws the foot of every page, and ends the file. */
  async end(foot: string | null, number: string): Promise<Buffer> {
    const { canvas } = this;
    canvas.onEachPage((no, of) => {
      canvas.rule(paper.bottom + 12);
      const page = canvas.lines(`Page ${no} of ${of}`, small, 120);
      canvas.block(page, paper.right, paper.bottom + 18, small, 'right');
      const text = foot === null || foot === '' ? number : `${foot}  ·  ${number}`;
      const lines = canvas.lines(text, small, paper.right - paper.left - 130).slice(0, 3);
      canvas.block(lines, paper.left, paper.bottom + 18, small);
    });
    return canvas.end();
  }
}
