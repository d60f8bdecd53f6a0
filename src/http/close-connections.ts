import type { Watcher } from './arrival.ts';

/** While the process stops, each answer closes its connection: the client's next request goes elsewhere. */
export function closeConnections(service: { readonly stopping: boolean }): Watcher {
  return (_request, response) => {
    if (service.stopping) response.setHeader('Connection', 'close');
  };
}
