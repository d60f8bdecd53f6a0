import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** A piece of text on a page, in points from the lower left corner. */
export interface PlacedText {
  text: string;
  x: number;
  y: number;
  /** Where it ends. */
  right: number;
}

/** The pieces of text on every page of a PDF. */
export async function placedText(pdf: Uint8Array): Promise<PlacedText[][]> {
  const loading = getDocument({ data: new Uint8Array(pdf), verbosity: 0 });
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
