import { sealedText } from '../events/parties.ts';

/** A personal field of an event: its path in the data, such as `recipients.0`, and the sealed text. */
export interface SealedField {
  field: string;
  text: string;
}

/** The personal fields of an event's data, in its order. */
export function sealedFields(data: unknown, path = ''): SealedField[] {
  if (typeof data === 'string')
    return sealedText.safeParse(data).success ? [{ field: path, text: data }] : [];
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([name, value]) =>
    sealedFields(value, path === '' ? name : `${path}.${name}`),
  );
}
