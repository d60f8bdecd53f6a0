import { idFrom } from './ids.ts';

/** Our stable id of a resource at the provider. */
export function resourceIdOf(kind: string, providerId: string, provider = 'digitalocean'): string {
  return idFrom('resource', provider, kind, providerId);
}
