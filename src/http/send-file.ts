import type { Response } from 'express';
import type { FileResult } from './route.ts';

/** A name that needs no escapes in a header: other characters become dashes. */
const headerName = (name: string): string => name.replaceAll(/[^\w.-]+/g, '-');

/** Sends a file, which a browser shows or saves under its name. */
export function sendFile(response: Response, { file, name }: FileResult, contentType: string): void {
  response.statusCode = 200;
  response.setHeader('Content-Type', contentType);
  response.setHeader(
    'Content-Disposition',
    `inline; filename="${headerName(name)}"; filename*=UTF-8''${encodeURIComponent(name)}`,
  );
  response.setHeader('Content-Length', file.byteLength);
  response.end(file);
}
