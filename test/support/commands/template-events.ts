/** A template of plan `studio`, and what it is defined and applied with. */
import type { TemplateContext } from '../../../commands/deployments/create-from-template.ts';
import type { TemplateVersion } from '../../../commands/catalog/template.ts';
import type { TemplateEvent, WantedSpec } from '../../../src/events/catalog.ts';
import { storage, studio } from './deployment-events.ts';

export const wantedDroplets: WantedSpec = {
  kind: 'droplet',
  size_slug: 's-2vcpu-4gb',
  region: 'syd1',
  count: 2,
};
export const wantedZone: WantedSpec = { kind: 'dns_zone', size_slug: null, region: null, count: 1 };

export const shop: TemplateVersion = {
  code: 'shop',
  version: '1',
  plan_code: 'studio',
  addons: ['storage_50gb', 'storage_50gb'],
  llm_mode: 'allowance',
  specs: [wantedDroplets, wantedZone],
};

export const templateDefined = (changes: Partial<TemplateVersion> = {}): TemplateEvent => ({
  type: 'TemplateVersionDefined',
  data: { ...shop, ...changes },
});

/** The catalog, as it stands when a template is defined or applied. */
export const catalogNow = { plan: studio, addons: [storage] };
export const shopNow: TemplateContext = { template: shop, is_known: true, ...catalogNow };
