import type { ApiObject } from './json.ts';

/** The answer of a route, before a fault is applied to it. */
export interface SimulatedAnswer {
  status: number;
  /** A JSON body. */
  json?: ApiObject;
  /** A body of another type; its content-type is in the headers. */
  raw?: string | Buffer;
  headers?: Record<string, string>;
}

const documented: Record<number, { id: string; message: string }> = {
  400: { id: 'bad_request', message: 'The request could not be understood.' },
  401: { id: 'unauthorized', message: 'Unable to authenticate you.' },
  403: { id: 'forbidden', message: 'You do not have access for the attempted action.' },
  404: { id: 'not_found', message: 'The resource you requested could not be found.' },
  405: { id: 'method_not_allowed', message: 'The method is not allowed for this resource.' },
  422: { id: 'unprocessable_entity', message: 'The request could not be processed.' },
  429: { id: 'too_many_requests', message: 'API rate limit exceeded.' },
  500: { id: 'server_error', message: 'Unexpected server-side error' },
  502: { id: 'bad_gateway', message: 'Bad gateway.' },
  503: { id: 'service_unavailable', message: 'Service is currently unavailable.' },
  504: { id: 'gateway_timeout', message: 'Gateway timeout.' },
};

/** The provider's error body for a status; the message may be replaced. */
export const errorAnswer = (status: number, message?: string): SimulatedAnswer => {
  const { id, message: usual } = documented[status] ?? { id: 'error', message: `Status ${status}` };
  return { status, json: { id, message: message ?? usual } };
};

/** A plain 200 (or other) JSON answer. */
export const jsonAnswer = (json: ApiObject, status = 200): SimulatedAnswer => ({ status, json });
