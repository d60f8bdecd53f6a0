import type { Worker } from 'node:worker_threads';
import { sourceThread } from '../../../src/documents/source-thread.ts';

/** A piece of text on a page, in points from the lower left corner. */
export interface PlacedText {
  text: string;
  x: number;
  y: number;
  /** Where it ends. */
  right: number;
}

/** A file on its way to the thread that reads it. */
export interface PdfRequest {
  no: number;
  pdf: Uint8Array;
}

/** The thread's answer to a request. */
export type PdfAnswer = { no: number; pages: PlacedText[][] } | { no: number; failed: string };

interface Waiting {
  resolve: (pages: PlacedText[][]) => void;
  reject: (error: Error) => void;
}

let thread: Worker | null = null;
let count = 0;
const waiting = new Map<number, Waiting>();

function startThread(): Worker {
  const started = sourceThread(new URL('./pdf-reader.ts', import.meta.url));
  started.on('message', (answer: PdfAnswer) => {
    const asked = waiting.get(answer.no);
    waiting.delete(answer.no);
    if (waiting.size === 0) started.unref();
    if ('failed' in answer) asked?.reject(new Error(answer.failed));
    else asked?.resolve(answer.pages);
  });
  started.on('error', (error) => {
    thread = null;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  });
  return started;
}

/** The pieces of text on every page of a PDF. */
export function placedText(pdf: Uint8Array): Promise<PlacedText[][]> {
  const reader = (thread ??= startThread());
  reader.ref();
  return new Promise((resolve, reject) => {
    const no = count++;
    waiting.set(no, { resolve, reject });
    reader.postMessage({ no, pdf: new Uint8Array(pdf) } satisfies PdfRequest);
  });
}

/** The text of every page, pieces of a line joined by blanks. */
export async function pdfText(pdf: Uint8Array): Promise<string[]> {
  const pages = await placedText(pdf);
  return pages.map((page) =>
    page
      .map((piece) => piece.text)
      .join(' ')
      .replaceAll('\u00a0', ' ')
      .replaceAll(/ +/g, ' '),
  );
}
