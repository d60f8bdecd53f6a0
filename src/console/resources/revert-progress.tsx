import type { z } from 'zod';
import type { showDriftRoute } from '../../http/routes/drift.ts';
import { toneOf, inventoryWords } from '../inventory-words.ts';
import { Section } from '../parts/page-head.tsx';
import { Live } from '../parts/live.tsx';
import { Absent, Chip, Facts, Id, Instant } from '../parts/values.tsx';

type Revert = NonNullable<z.output<typeof showDriftRoute.response>['data']['revert']>;

const steps = ['power_off', 'resize', 'power_on'] as const;

const outcomes: Readonly<Record<Revert['status'], string>> = {
  running: 'The droplet is being changed. This shows each step as it happens.',
  reverted: 'The droplet has the size of its spec again.',
  failed: 'The revert was given up. The droplet is left as below; a new revert may begin.',
};

/** How a revert goes, step by step, and what it left. */
export function RevertProgress({ revert }: { revert: Revert }) {
  const { status, step, reason, left } = revert;
  return (
    <Section title="Revert">
      <Live id="revert" running={status === 'running'}>
        <p>
          <Chip tone={toneOf(status)}>{status}</Chip> {outcomes[status]}
        </p>
        <Steps status={status} step={step} />
        <Facts
          items={[
            ['Run', <Id id={revert.run_id} />],
            ['Attempt', String(revert.attempt)],
            ['Requested (UTC)', <Instant at={revert.requested_at} />],
            ['Ended (UTC)', <Instant at={revert.ended_at} />],
            ['Action at the provider', revert.action_id === null ? <Absent /> : String(revert.action_id)],
            ...(reason === null ? [] : ([['Reason', reason]] as const)),
            ...(left === null
              ? []
              : ([['Left as', [left.status, left.size_slug].filter(Boolean).join(', ')]] as const)),
          ]}
        />
      </Live>
    </Section>
  );
}

function Steps({ status, step }: { status: Revert['status']; step: string | null }) {
  const at = steps.findIndex((one) => one === step);
  return (
    <ol class="phases">
      {steps.map((one, index) => {
        const state =
          status === 'reverted' || (at > index && status === 'running')
            ? 'done'
            : at === index
              ? status === 'running'
                ? 'under way'
                : 'last step'
              : 'to come';
        return (
          <li class={state === 'under way' ? 'phase-now' : ''}>
            {inventoryWords(one)} <span class="muted">{state}</span>
          </li>
        );
      })}
    </ol>
  );
}
