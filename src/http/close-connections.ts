import type { RequestHandler } from 'express';

/**
 * While the process stops, each answer asks the client to close its connection: the next request goes
 * elsewhere, instead of meeting a connection that ends at the same moment.
 */
export function closeConnections(service: { readonly stopping: boolean }): RequestHandler {
  return (_request, response, next) => {
    if (service.stopping) response.setHeader('Connection', 'close');
    next();
  };
}
