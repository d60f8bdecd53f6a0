import type { RequestHandler } from 'express';

/** While the process stops, each answer closes its connection: the client's next request goes elsewhere. */
export function closeConnections(service: { readonly stopping: boolean }): RequestHandler {
  return (_request, response, next) => {
    if (service.stopping) response.setHeader('Connection', 'close');
    next();
  };
}
