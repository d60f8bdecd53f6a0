import { defineCommand } from '../../src/ledger/command.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import type { AddonEvent } from '../../src/events/catalog.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { addon, addonStream, type AddonDefinition } from './addon.ts';

/** Defines an addon or gives it other terms, for new attachments only. The same terms add nothing. */
export const defineAddon = defineCommand({
  name: 'define-addon',
  aggregate: addon,
  stream: (input: AddonDefinition) => addonStream(input.code),
  decide(state, input): AddonEvent[] {
    const data = { ...input, qty: canonicalDecimal(input.qty) };
    return canonicalJson(state) === canonicalJson(data) ? [] : [{ type: 'AddonDefined', data }];
  },
  result: (state, input) => state ?? input,
});
