import { defineCommand, type Execution } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import { isRefusal, refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { DeploymentEvent } from '../../src/events/deployments.ts';
import type { TemplateVersion } from '../catalog/template.ts';
import { attachAll } from './attach-addon.ts';
import { deployment, deploymentIdOf, deploymentStream } from './deployment.ts';
import { refuseNew, trialEnd, type NewDeployment } from './new-deployment.ts';
import { chooseVersion, packsOf, type AddonOffer, type AddonPacks, type PlanOffer } from './offers.ts';

export interface CreateFromTemplate extends NewDeployment {
  /** Null: that of the template. */
  llm_mode: string | null;
  template_code: string;
  /** Null: the version that was defined last. */
  template_version: string | null;
}

/** The chosen version of the template, and what its plan and addons offer now. */
export interface TemplateContext {
  /** Null: no such template, or no such version of it. */
  template: TemplateVersion | null;
  /** Whether the template has any version. */
  is_known: boolean;
  plan: PlanOffer | null;
  addons: readonly AddonOffer[];
}

/**
 * Creates a deployment as a template describes it, in one append: subscribed from today to the active version
 * of its plan with the present terms of its addons, and with the resources that it wants. A later version of
 * the template changes nothing.
 */
export const createFromTemplate = defineCommand({
  name: 'create-from-template',
  aggregate: deployment,
  stream: (input: CreateFromTemplate) => deploymentStream(deploymentIdOf(input.tenant_id, input.slug)),
  assumesNew: true,
  decide(state, input, context: TemplateContext, execution): DeploymentEvent[] | Refusal {
    const { template } = context;
    const refusal = refuseNew(state, input, execution);
    if (refusal !== null) return refusal;
    if (template === null) return unknownTemplate(input, context);
    const terms = termsOf(template, context, execution);
    if (isRefusal(terms)) return terms;
    const { today } = execution;
    const { tenant_id, slug, llm_mode } = input;
    const deployment_id = deploymentIdOf(tenant_id, slug);
    const subscription_id = idFrom('subscription', deployment_id, 1);
    const owner = { deployment_id, tenant_id, subscription_id };
    const trial_ends_at = trialEnd(input, execution);
    const { plan_code, version: template_version, specs: wanted } = template;
    const { plan_version } = terms;
    return [
      {
        type: 'DeploymentCreated',
        data: {
          ...{ ...input, deployment_id, template_version, trial_ends_at, effective_on: today, wanted },
          llm_mode: llm_mode ?? template.llm_mode,
        },
      },
      {
        type: 'SubscriptionStarted',
        data: { ...owner, plan_code, plan_version, starts_on: today, trial_ends_at },
      },
      ...attachAll(owner, terms.addons, today, execution),
    ];
  },
  result: (state) => state,
});

function unknownTemplate(
  { template_code, template_version }: CreateFromTemplate,
  { is_known }: TemplateContext,
): Refusal {
  if (!is_known)
    return refuse('unknown-template', `there is no template ${template_code}`, {
      errors: [{ path: 'template_code', message: 'no such template' }],
    });
  return refuse('unknown-template', `template ${template_code} has no version ${template_version}`, {
    errors: [{ path: 'template_version', message: 'no such version' }],
  });
}

/** What the template's plan and addons are today. A fault in them is one of the template. */
function termsOf(
  { code, plan_code, addons }: TemplateVersion,
  context: TemplateContext,
  { currency }: Execution,
): { plan_version: number; addons: AddonPacks[] } | Refusal {
  const plan_version = chooseVersion(context.plan, { plan_code }, { anyVersion: false, currency });
  if (isRefusal(plan_version)) return ofTemplate(code, plan_version);
  const packs = packsOf(addons, context.addons);
  return isRefusal(packs) ? ofTemplate(code, packs) : { plan_version, addons: packs };
}

const ofTemplate = (code: string, { refused, detail }: Refusal): Refusal =>
  refuse(refused, `template ${code}: ${detail}`, { errors: [{ path: 'template_code', message: detail }] });
