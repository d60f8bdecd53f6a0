import { until } from '../runtime/until.ts';
import type { Api, Json } from './api.ts';

/**
 * The checks of a service once all that it needs answers: it listens before that, and on a busy machine a
 * part may for a moment not answer in time.
 */
export async function whenReady(api: Api): Promise<Record<string, Json>> {
  const { body } = await until(
    'a service that is ready',
    () => api.get('/api/ready', { token: null }),
    ({ status, body }) => status === 200 && body.status === 'ok',
  );
  return body.checks;
}
