import type { Aggregate } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import type { TemplateEvent } from '../../src/events/catalog.ts';

/** What one version of a template says. */
export type TemplateVersion = TemplateEvent['data'];

/** A template with its versions, in the order in which they were defined. */
export type TemplateState = { versions: readonly TemplateVersion[] };

export const templateStream = (code: string): string => `template-${idFrom('template', code)}`;

/** A template: each version is defined once and stays as it is. */
export const template: Aggregate<TemplateState, TemplateEvent> = {
  name: 'template',
  initialState: { versions: [] },
  evolve({ versions }, event): TemplateState {
    switch (event.type) {
      case 'TemplateVersionDefined':
        return { versions: [...versions, event.data] };
    }
  },
};
