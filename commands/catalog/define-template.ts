import { defineCommand, type Execution } from '../../src/ledger/command.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import { isRefusal, refuse, type FieldError, type Refusal } from '../../src/ledger/refusal.ts';
import type { TemplateEvent, WantedSpec } from '../../src/events/catalog.ts';
import { chooseVersion, packsOf, type AddonOffer, type PlanOffer } from '../deployments/offers.ts';
import { template, templateStream, type TemplateVersion } from './template.ts';

/** The plan and the addons that the template names, those that exist. */
export interface DefineTemplateContext {
  plan: PlanOffer | null;
  addons: readonly AddonOffer[];
}

/** Defines a version of a template. A version with equal content adds nothing, and never changes. */
export const defineTemplate = defineCommand({
  name: 'define-template',
  aggregate: template,
  stream: (input: TemplateVersion) => templateStream(input.code),
  decide({ versions }, input, context: DefineTemplateContext, execution): TemplateEvent[] | Refusal {
    const { code, version } = input;
    const known = versions.find((one) => one.version === version);
    if (known !== undefined) {
      if (content(known) === content(input)) return [];
      return refuse('already-exists', `version ${version} of template ${code} says something else`, {
        errors: [{ path: 'version', message: 'is defined with other content' }],
      });
    }
    return unfit(input, context, execution) ?? [{ type: 'TemplateVersionDefined', data: input }];
  },
  result: ({ versions }, { version }) => versions.find((one) => one.version === version) ?? null,
});

/** The content of a version, whatever the order of its lists. */
function content({ addons, specs, ...terms }: TemplateVersion): string {
  return canonicalJson({ ...terms, addons: [...addons].sort(), specs: specs.map(canonicalJson).sort() });
}

/** The reason why no deployment could follow the template, or null. */
function unfit(
  { plan_code, addons, specs }: TemplateVersion,
  context: DefineTemplateContext,
  { currency }: Execution,
): Refusal | null {
  const chosen = chooseVersion(context.plan, { plan_code }, { anyVersion: false, currency });
  if (isRefusal(chosen)) return chosen;
  const packs = packsOf(addons, context.addons);
  return isRefusal(packs) ? packs : repeatedSpec(specs);
}

/** Two specs for the same resources would leave open which of them counts. */
function repeatedSpec(specs: readonly WantedSpec[]): Refusal | null {
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  specs.forEach(({ kind, size_slug, region }, index) => {
    const key = canonicalJson([kind, size_slug, region]);
    if (seen.has(key)) errors.push({ path: `specs.${index}`, message: 'repeats kind, size and region' });
    seen.add(key);
  });
  if (errors.length === 0) return null;
  return refuse('invalid-input', 'specs: each kind, size and region once, with its count', { errors });
}
