import type { RequestHandler, Response } from 'express';

const accepted = /^[A-Za-z0-9._:-]{1,128}$/;
const header = 'X-Correlation-Id';

/** Takes the client's `X-Correlation-Id` where it is a harmless token, else makes one, and echoes it. */
export function correlate(newId: () => string): RequestHandler {
  return (request, response, next) => {
    const sent = request.get(header);
    const id = sent !== undefined && isCorrelationId(sent) ? sent : newId();
    response.setHeader(header, id);
    next();
  };
}

/**
 * A JWT passes the pattern too: whoever sends one here by mistake must not find it echoed, stored and logged.
 */
function isCorrelationId(text: string): boolean {
  return accepted.test(text) && !/^eyJ[\w-]*\.[\w-]+\./.test(text);
}

/** The correlation id of the request that this response answers. */
export function correlationIdOf(response: Response): string {
  const id = response.getHeader(header);
  return typeof id === 'string' ? id : 'none';
}
