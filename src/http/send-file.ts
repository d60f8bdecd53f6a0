import type { Response } from 'express';
import type { FileResult } from './route.ts';

/** A name that needs no escapes in a header: other characters become dashes. */
const headerName = (name: string): string => name.replaceAll(/[^\w.-]+/g, '-');

/** The header by which a browser shows (`inline`) or saves (`attachment`) an answer under its name. */
export const disposition = (way: 'inline' | 'attachment', name: string): string =>
  `${way}; filename="${headerName(name)}"; filename*=UTF-8''${encodeURIComponent(name)}`;

/** Sends a file, which a browser shows or saves under its name. */
export function sendFile(response: Response, { file, name }: FileResult, contentType: string): void {
  response.statusCode = 200;
  response.setHeader('Content-Type', contentType);
  response.setHeader('Content-Disposition', disposition('inline', name));
  response.setHeader('Content-Length', file.byteLength);
  response.end(file);
}
