/** The streams of the catalog's objects, for links to their events. */
export { addonStream } from '../../../commands/catalog/addon.ts';
export { planStream } from '../../../commands/catalog/plan.ts';
export { templateStream } from '../../../commands/catalog/template.ts';
