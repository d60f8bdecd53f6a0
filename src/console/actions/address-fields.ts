import type { ValueField } from '../field.ts';

/** The fields of a postal address, as it stands on documents. */
export const addressFields: readonly ValueField[] = [
  {
    name: 'address.lines',
    label: 'Address',
    kind: 'lines',
    required: true,
    empty: 'keep',
    hint: 'Street and number, one a line.',
  },
  { name: 'address.city', label: 'City', kind: 'text', required: true, empty: 'keep' },
  { name: 'address.region', label: 'State or region', kind: 'text', empty: 'null' },
  { name: 'address.postcode', label: 'Postcode', kind: 'text', empty: 'null' },
  {
    name: 'address.country',
    label: 'Country',
    kind: 'text',
    required: true,
    empty: 'keep',
    hint: 'Two letters, such as AU.',
  },
];
