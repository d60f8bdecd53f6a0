import type { RequestHandler } from 'express';

/**
 * While the process stops, each answer asks the client to close its connection: the client's next request
 * then goes to another node, and never to a connection that is just being closed.
 */
export function closeConnections(service: { readonly stopping: boolean }): RequestHandler {
  return (_request, response, next) => {
    if (service.stopping) response.setHeader('Connection', 'close');
    next();
  };
}
