import type { z } from 'zod';
import { toEraseRoute, type customerRoute } from '../../../http/routes/customers.ts';
import { eraseCustomer, giveLink, setCustomer } from '../../actions/customers.ts';
import type { Ask } from '../../page.ts';
import { ActionForm, useDraftOf } from '../../parts/form.tsx';
import { Disclosure, Notice } from '../../parts/notice.tsx';
import { Section } from '../../parts/page-head.tsx';
import { Day, Facts, Instant } from '../../parts/values.tsx';

export type Profile = z.output<typeof customerRoute.response>['data'];
type ToErase = z.output<typeof toEraseRoute.response>['data'];

/** What an erasure would do. */
export const loadProfile = async (ask: Ask, tenant_id: string): Promise<ToErase> =>
  (await ask(toEraseRoute, { params: { tenant_id } })).data;

/** A customer's profile, its link and its erasure. */
export function ProfileTab({
  tenantId,
  profile,
  toErase,
}: {
  tenantId: string;
  profile: Profile | null;
  toErase: ToErase;
}) {
  const draft = useDraftOf(setCustomer, { tenant_id: tenantId });
  const values = profile ?? { net_days: 14 };
  return (
    <>
      <Section title="Profile">
        {profile === null ? (
          <Notice tone="warn" title="There is no profile">
            <p>Its invoices can be issued; they are not frozen, sent or drawn up before it has one.</p>
          </Notice>
        ) : (
          <ProfileFacts profile={profile} />
        )}
        <Disclosure
          summary={profile === null ? 'Set the profile' : 'Change the profile'}
          open={draft !== null || profile === null}
        >
          <ActionForm
            action={setCustomer}
            params={{ tenant_id: tenantId }}
            values={profile?.erased_at === null ? { ...values, effective_from: undefined } : { net_days: 14 }}
          >
            <p>
              It replaces the whole profile from that day on. Documents that are issued keep the profile that
              they were issued with.
            </p>
          </ActionForm>
        </Disclosure>
      </Section>
      <Section title="A link for the customer">
        <ActionForm action={giveLink} params={{ tenant_id: tenantId }}>
          <p>
            The link works for one hour, shows the pages of {tenantId} alone, and changes nothing. It is shown
            once, above the page.
          </p>
        </ActionForm>
      </Section>
      <EraseSection tenantId={tenantId} toErase={toErase} />
    </>
  );
}

/** A profile as it is or was in force. */
export function ProfileFacts({ profile }: { profile: Profile }) {
  const { address } = profile;
  const place = [address.city, address.region, address.postcode].filter((part) => part !== null).join(' ');
  return (
    <Facts
      items={[
        ['Legal name', profile.legal_name],
        ['Trading name', profile.trading_name ?? '–'],
        ['Tax number', profile.tax_id ?? '–'],
        ['Address', [...address.lines, place, address.country].join(', ')],
        ['Billing mail', profile.emails.billing.join(', ')],
        ['Contact', profile.contact ?? '–'],
        ['Days to pay', String(profile.net_days)],
        ['Purchase order', profile.po_number ?? '–'],
        ['Language', profile.locale ?? '–'],
        ['In force from', <Day day={profile.effective_from} />],
        ...(profile.erased_at === null ? [] : [['Erased', <Instant at={profile.erased_at} />] as const]),
      ]}
    />
  );
}

function EraseSection({ tenantId, toErase }: { tenantId: string; toErase: ToErase }) {
  const { keys, documents } = toErase;
  const draft = useDraftOf(eraseCustomer, { tenant_id: tenantId });
  return (
    <Section title="Personal data">
      {keys === 0 ? (
        <p>There is no personal data of this customer that could be read.</p>
      ) : (
        <Disclosure summary="Erase personal data…" tone="danger" open={draft !== null}>
          <ActionForm action={eraseCustomer} params={{ tenant_id: tenantId }}>
            <p>
              {keys === 1 ? 'One key is' : `${keys} keys are`} destroyed for ever: names, addresses, mail,
              references of payments and mailings of {tenantId} read “erased” from then on, here, in exports
              and in every rebuild. Amounts stay.
            </p>
            <p>
              {documents.to_freeze} issued documents are frozen first.{' '}
              {documents.count + documents.to_freeze === 0
                ? 'There is no document that the law keeps.'
                : `The law keeps frozen copies of ${documents.count + documents.to_freeze}${
                    documents.retain_until === null ? '' : `, now until ${documents.retain_until}`
                  }.`}
            </p>
          </ActionForm>
        </Disclosure>
      )}
    </Section>
  );
}
