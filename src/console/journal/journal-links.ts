import { withQuery } from '../parts/url.ts';

/** The filters of the journal, as in its address. */
export interface JournalFilter {
  stream?: string | undefined;
  type?: string | undefined;
  actor?: string | undefined;
  correlation_id?: string | undefined;
  recorded_from?: string | undefined;
  recorded_to?: string | undefined;
}

/** The address of the journal with some filters. */
export const journalWith = (filter: JournalFilter): string => withQuery('/console/journal', { ...filter });

/** Who caused an event: the subject of a token, or `job:<name>`. */
export function actorName(actor: unknown): string {
  const sub = typeof actor === 'object' && actor !== null ? (actor as { sub?: unknown }).sub : undefined;
  return typeof sub === 'string' ? sub : 'unknown';
}

/** The types that the API names for a mistyped one: `no such event type; did you mean A or B?`. */
export function proposedTypes(message: string): string[] {
  const proposed = /did you mean (.+)\?$/.exec(message)?.[1];
  return proposed === undefined ? [] : proposed.split(' or ');
}
