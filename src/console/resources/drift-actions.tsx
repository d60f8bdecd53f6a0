import type { z } from 'zod';
import type { showDriftRoute } from '../../http/routes/drift.ts';
import type { showResourceRoute } from '../../http/routes/inventory.ts';
import { acceptDrift, revertDrift } from '../actions/resources.ts';
import { shownValue, inventoryWords } from '../inventory-words.ts';
import { ActionForm, useDraftOf } from '../parts/form.tsx';
import { Disclosure } from '../parts/notice.tsx';
import { Section } from '../parts/page-head.tsx';
import { Money } from '../parts/values.tsx';
import { useView } from '../view-context.ts';

type Finding = z.output<typeof showDriftRoute.response>['data'];
type Resource = z.output<typeof showResourceRoute.response>['data'];

/** Accepting and reverting a finding, each with what it does in figures. */
export function DriftActions({ finding, resource }: { finding: Finding; resource: Resource }) {
  const { session } = useView();
  const params = { id: finding.id };
  const accepting = useDraftOf(acceptDrift, params) !== null;
  const reverting = useDraftOf(revertDrift, params) !== null;
  if (finding.status !== 'open' || session?.readOnly !== false) return null;
  if (finding.revert?.status === 'running') return null;
  const mayRevert = finding.kind === 'droplet' && finding.field === 'size_slug';
  return (
    <Section title="What to do">
      <Disclosure summary={acceptDrift.title} open={accepting}>
        <ActionForm action={acceptDrift} params={params}>
          <ul>
            <li>
              The spec says {shownValue(finding.actual)} from now on, in place of{' '}
              {shownValue(finding.desired)}.
            </li>
            <Delta finding={finding} kept />
            <li>Nothing changes at the provider, and no customer's bill changes.</li>
          </ul>
        </ActionForm>
      </Disclosure>
      {mayRevert && (
        <Disclosure summary={revertDrift.title} tone="danger" open={reverting}>
          <ActionForm action={revertDrift} params={params}>
            <ul>
              <RunningDroplet resource={resource} />
              <li>
                It is resized from {shownValue(finding.actual)} to {shownValue(finding.desired)}; its disk
                stays as it is.
              </li>
              <Delta finding={finding} kept={false} />
            </ul>
          </ActionForm>
        </Disclosure>
      )}
    </Section>
  );
}

function RunningDroplet({ resource: { name, status } }: { resource: Resource }) {
  if (status === 'off') return <li>{name} is off, and stays off: it is not powered on after the resize.</li>;
  return (
    <li>
      {name} is {inventoryWords(status)}. It is powered off, resized and powered on again: what runs on it is{' '}
      <strong>down from the first step to the last</strong>, usually for some minutes.
    </li>
  );
}

function Delta({ finding, kept }: { finding: Finding; kept: boolean }) {
  const { monthly_delta_cents: cents, margin, currency } = finding;
  return (
    <>
      {cents !== null && (
        <li>
          {kept ? 'The difference stays: ' : 'The list price changes by '}
          <Money cents={kept ? cents : -cents} currency={currency} signed /> a month.
        </li>
      )}
      {margin !== null && !kept && (
        <li>
          A month like the last one has a margin of{' '}
          <Money cents={margin.desired.margin_cents} currency={currency} /> in place of{' '}
          <Money cents={margin.actual.margin_cents} />.
        </li>
      )}
    </>
  );
}
