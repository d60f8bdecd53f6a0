import type { z } from 'zod';
import type { listDeploymentsRoute } from '../../http/routes/deployments.ts';
import type { showResourceRoute } from '../../http/routes/inventory.ts';
import { assignResource, provisionResource, tieResource, untieResource } from '../actions/resources.ts';
import { ActionForm, useDraftOf } from '../parts/form.tsx';
import { Disclosure } from '../parts/notice.tsx';
import { Section } from '../parts/page-head.tsx';
import { useView } from '../view-context.ts';

type Resource = z.output<typeof showResourceRoute.response>['data'];
type Deployment = z.output<typeof listDeploymentsRoute.response>['data'][number];

/** What the operator may do with a resource, each with what it changes. */
export function ResourceActions({
  resource,
  deployments,
}: {
  resource: Resource;
  deployments: readonly Deployment[];
}) {
  const { session } = useView();
  const { id, tie } = resource;
  const untied = { id: tie?.deployment_id ?? '', resource_id: id };
  const drafts = {
    assign: useDraftOf(assignResource, { id }),
    provision: useDraftOf(provisionResource, { id }),
    tie: useDraftOf(tieResource),
    untie: useDraftOf(untieResource, untied),
  };
  if (session?.readOnly !== false) return null;
  const options = deployments
    .filter(({ state }) => state !== 'cancelled' && state !== 'archived')
    .map(({ id: value, tenant_id, display_name }) => ({ value, label: `${tenant_id}: ${display_name}` }));
  return (
    <Section title="Actions">
      <Disclosure summary={tieResource.title} open={drafts.tie !== null}>
        <ActionForm action={tieResource} values={{ resource_id: id }} options={{ 'p.id': options }}>
          <p>
            From that day on the usage of {resource.name} is metered for the deployment and billed to its
            tenant. A day of an invoiced month is refused.
          </p>
        </ActionForm>
      </Disclosure>
      {tie !== null && (
        <Disclosure summary={untieResource.title} tone="danger" open={drafts.untie !== null}>
          <ActionForm action={untieResource} params={untied}>
            <p>
              {resource.name} is billed to {tie.tenant_id} no longer; its cost is unattributed until it is
              tied again.
            </p>
          </ActionForm>
        </Disclosure>
      )}
      <Disclosure summary={assignResource.title} open={drafts.assign !== null}>
        <ActionForm action={assignResource} params={{ id }} values={{ tenant_id: resource.tenant_id }}>
          <p>Its cost counts to that tenant where no tie says otherwise, whatever its project says.</p>
        </ActionForm>
      </Disclosure>
      <Disclosure summary={provisionResource.title} open={drafts.provision !== null}>
        <ActionForm
          action={provisionResource}
          params={{ id }}
          values={{ spec: resource.spec ?? { size_slug: resource.size_slug } }}
        >
          <p>The next run of drift.detect compares the live resource with it, field by field.</p>
        </ActionForm>
      </Disclosure>
    </Section>
  );
}
