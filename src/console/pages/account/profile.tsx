import type { z } from 'zod';
import { customerRoute } from '../../../http/routes/customers.ts';
import { Refused } from '../../../ledger/refusal.ts';
import { definePage, type Ask } from '../../page.ts';
import { Empty } from '../../parts/notice.tsx';
import { PageHead, Section } from '../../parts/page-head.tsx';
import { Absent, Day, Facts, Id } from '../../parts/values.tsx';
import { countryName } from '../../parts/words.ts';

type Profile = z.output<typeof customerRoute.response>['data'];

/** The buyer that a tenant is invoiced as. */
export const accountProfilePage = definePage({
  path: '/console/account/profile',
  access: 'account',
  nav: { group: 'Account', label: 'Profile' },
  async load({ ask, tenantId }) {
    return { tenantId: tenantId ?? '', profile: await profileOf(ask, tenantId ?? '') };
  },
  title: () => 'Profile',
  view: ({ tenantId, profile }) => (
    <>
      <PageHead
        title="Profile"
        lead="As it stands on your invoices. To change it, write to us: an issued invoice keeps what it had."
      />
      {profile === null ? (
        <Empty title="There is no profile yet.">
          <p>Your invoices can be made out once we have one.</p>
        </Empty>
      ) : (
        <ProfileFacts profile={profile} />
      )}
      <Section title="Account">
        <Facts items={[['Tenant', <Id id={tenantId} short={false} />]]} />
      </Section>
    </>
  ),
});

/** A tenant without a profile has none, which is no error of the page. */
async function profileOf(ask: Ask, tenantId: string): Promise<Profile | null> {
  try {
    return (await ask(customerRoute, { params: { tenant_id: tenantId } })).data;
  } catch (error) {
    if (error instanceof Refused && error.refusal.refused === 'not-found') return null;
    throw error;
  }
}

function ProfileFacts({ profile }: { profile: Profile }) {
  const { address } = profile;
  const lines = [
    ...address.lines,
    [address.postcode, address.city, address.region].filter(Boolean).join(' '),
    countryName(address.country),
  ];
  return (
    <Facts
      items={[
        ['Legal name', profile.legal_name],
        ['Trading name', profile.trading_name ?? <Absent />],
        ['Tax number', profile.tax_id ?? <Absent />],
        ['Address', lines.map((line) => <div>{line}</div>)],
        ['Invoices go to', profile.emails.billing.map((email) => <div>{email}</div>)],
        ['Contact', profile.contact ?? <Absent />],
        ['Your order number', profile.po_number ?? <Absent />],
        ['To be paid within', `${profile.net_days} days`],
        ['In force since', <Day day={profile.effective_from} />],
      ]}
    />
  );
}
