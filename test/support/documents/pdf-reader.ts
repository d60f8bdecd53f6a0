// The thread that reads PDF files for tests: pdfjs replaces JSON and other globals where it is loaded.
import { parentPort } from 'node:worker_threads';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { PlacedText, PdfAnswer, PdfRequest } from './pdf-text.ts';

async function placedText(data: Uint8Array): Promise<PlacedText[][]> {
  const loading = getDocument({ data, verbosity: 0 });
  const document = await loading.promise;
  const pages: PlacedText[][] = [];
  for (let no = 1; no <= document.numPages; no += 1) {
    const { items } = await (await document.getPage(no)).getTextContent();
    pages.push(
      items.flatMap((item) => {
        if (!('str' in item) || item.str.trim() === '') return [];
        const [, , , , x, y] = item.transform as number[];
        return [{ text: item.str, x: x ?? 0, y: y ?? 0, right: (x ?? 0) + item.width }];
      }),
    );
  }
  await loading.destroy();
  return pages;
}

parentPort?.on('message', ({ no, pdf }: PdfRequest) => {
  const answer = (result: PdfAnswer): void => parentPort?.postMessage(result);
  placedText(pdf).then(
    (pages) => answer({ no, pages }),
    (error: unknown) => answer({ no, failed: String(error) }),
  );
});
