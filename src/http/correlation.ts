import type { Response } from 'express';
import type { Watcher } from './arrival.ts';

const accepted = /^[A-Za-z0-9._:-]{1,128}$/;
const header = 'X-Correlation-Id';

/** Takes the client's `X-Correlation-Id` if it is well-formed, else a fresh id, and answers with it. */
export function correlate(newId: () => string): Watcher {
  return (request, response) => {
    const sent = request.get(header);
    const id = sent !== undefined && isCorrelationId(sent) ? sent : newId();
    response.setHeader(header, id);
  };
}

/** A JWT has this form too. A client may send one here by mistake: it is not echoed, stored or logged. */
function isCorrelationId(text: string): boolean {
  return accepted.test(text) && !/^eyJ[\w-]*\.[\w-]+\./.test(text);
}

/** The correlation id of the request that this response answers. */
export function correlationIdOf(response: Response): string {
  const id = response.getHeader(header);
  return typeof id === 'string' ? id : 'none';
}
