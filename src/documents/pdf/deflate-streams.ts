/**
 * Compresses the streams of an uncompressed PDF. pdfkit would do it with Node's zlib, whose output depends on
 * the version of Node and on the processor; `fflate` is plain JavaScript and gives the same bytes everywhere.
 */
import { zlibSync } from 'fflate';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Where the cross-reference table begins, and the offset of every object in it by number. */
function readTable(pdf: Buffer): { tableAt: number; offsets: number[]; trailer: string } {
  const end = pdf.subarray(Math.max(0, pdf.length - 2048)).toString('latin1');
  const tableAt = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(end)?.[1]);
  if (!Number.isSafeInteger(tableAt)) throw new Error('this PDF has no cross-reference table');
  const table = pdf.subarray(tableAt).toString('latin1');
  const offsets = [...table.matchAll(/^(\d{10}) 00000 n /gm)].map((match) => Number(match[1]));
  return { tableAt, offsets, trailer: table.slice(table.indexOf('trailer'), table.indexOf('startxref')) };
}

const opening = latin1('stream\n');
const closing = latin1('\nendstream');

/** An object with its stream compressed, or as it is where it has none or one that is compressed already. */
function deflateObject(object: Buffer): Buffer {
  const start = object.indexOf(opening);
  const end = object.lastIndexOf(closing);
  if (start === -1 || end === -1) return object;
  const dictionary = object.subarray(0, start).toString('latin1');
  if (dictionary.includes('/Filter')) return object;
  const content = zlibSync(object.subarray(start + opening.length, end), { level: 9 });
  const replaced = dictionary.replace(
    /\/Length \d+/,
    () => `/Length ${content.length}\n/Filter /FlateDecode`,
  );
  return Buffer.concat([latin1(replaced), opening, content, object.subarray(end)]);
}

/** The same document with compressed streams. */
export function deflateStreams(pdf: Buffer): Buffer {
  const { tableAt, offsets, trailer } = readTable(pdf);
  const inOrder = [...offsets].sort((a, b) => a - b);
  const first = inOrder[0] ?? tableAt;
  const pieces: Buffer[] = [pdf.subarray(0, first)];
  const moved = new Map<number, number>();
  let at = first;
  inOrder.forEach((offset, index) => {
    const piece = deflateObject(pdf.subarray(offset, inOrder[index + 1] ?? tableAt));
    moved.set(offset, at);
    pieces.push(piece);
    at += piece.length;
  });
  const entries = offsets.map((offset) => `${String(moved.get(offset)).padStart(10, '0')} 00000 n \n`);
  pieces.push(
    latin1(
      `xref\n0 ${offsets.length + 1}\n0000000000 65535 f \n${entries.join('')}` +
        `${trailer}startxref\n${at}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(pieces);
}
