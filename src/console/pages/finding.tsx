import type { z } from 'zod';
import { showDriftRoute } from '../../http/routes/drift.ts';
import { showResourceRoute } from '../../http/routes/inventory.ts';
import { shownValue, toneOf, inventoryWords } from '../inventory-words.ts';
import { definePage } from '../page.ts';
import { RecordedBy } from '../parts/as-of.tsx';
import { BeforeAfter } from '../parts/charts.tsx';
import { EventsLink } from '../parts/events-link.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { Chip, Facts, Figure, Figures, Id, Instant, Money, Percent, monthName } from '../parts/values.tsx';
import { DriftActions } from '../resources/drift-actions.tsx';
import { RevertProgress } from '../resources/revert-progress.tsx';
import { streams } from '../streams.ts';

/** A finding as the API answers it. */
type Finding = z.output<typeof showDriftRoute.response>['data'];

/** One finding: what it costs, what accepting or reverting it does, and how its revert goes. */
export const findingPage = definePage({
  path: '/console/drift/:id',
  access: 'admin',
  within: '/console/drift',
  async load({ ask, params }) {
    const { data: finding } = await ask(showDriftRoute, { params: { id: params['id'] } });
    const { data: resource } = await ask(showResourceRoute, { params: { id: finding.resource_id } });
    return { finding, resource };
  },
  title: ({ finding }) => `${finding.name}: ${inventoryWords(finding.field)}`,
  view: ({ finding, resource }) => (
    <>
      <PageHead
        title={`${finding.name}: ${inventoryWords(finding.field)}`}
        lead={
          <>
            The {inventoryWords(finding.kind)} has <strong>{shownValue(finding.actual)}</strong>; its spec
            says <strong>{shownValue(finding.desired)}</strong>.
          </>
        }
        crumbs={[{ label: 'Drift', href: '/console/drift' }]}
        chips={<Chip tone={toneOf(finding.status)}>{finding.status}</Chip>}
      >
        <a class="button" href={`/console/inventory/${encodeURIComponent(finding.resource_id)}`}>
          The resource
        </a>
        <EventsLink stream={streams.resource(finding.resource_id)} />
        <RecordedBy stream={streams.resource(finding.resource_id)} />
      </PageHead>
      <MoneyOf finding={finding} />
      {finding.revert !== null && <RevertProgress revert={finding.revert} />}
      <DriftActions finding={finding} resource={resource} />
      <Section title="Facts">
        <Facts
          items={[
            ['Finding', <Id id={finding.id} />],
            ['Resource', <Id id={finding.resource_id} />],
            [
              'Found by',
              finding.spec_version === 0
                ? 'what its template wants'
                : `version ${finding.spec_version} of its spec`,
            ],
            ['Found (UTC)', <Instant at={finding.found_at} />],
            ['Last compared (UTC)', <Instant at={finding.updated_at} />],
            ['Closed (UTC)', <Instant at={finding.closed_at} />],
          ]}
        />
      </Section>
    </>
  ),
});

function MoneyOf({ finding }: { finding: Finding }) {
  const { monthly_delta_cents, margin, currency } = finding;
  if (monthly_delta_cents === null && margin === null)
    return <p class="muted">What it costs is not known: it is about no size, or a price is missing.</p>;
  return (
    <Figures>
      <Figure name="A month more than ordered" note={`${currency}, list prices of today`}>
        <Money cents={monthly_delta_cents} signed />
      </Figure>
      {margin !== null && (
        <>
          <Figure
            name={`Margin in ${monthName(margin.period)}, live size`}
            note={<Percent value={margin.actual.margin_pct} />}
          >
            <Money cents={margin.actual.margin_cents} />
          </Figure>
          <Figure name="At the ordered size" note={<Percent value={margin.desired.margin_pct} />}>
            <Money cents={margin.desired.margin_cents} />
          </Figure>
          <Figure
            name="Costs, live to ordered"
            note={
              <>
                against a revenue of <Money cents={margin.revenue_cents} />
              </>
            }
          >
            <BeforeAfter before={margin.actual.cogs_cents} after={margin.desired.cogs_cents} />
          </Figure>
        </>
      )}
    </Figures>
  );
}
