// The personal fields of deliveries: addresses, and what servers said about them.
import { z } from 'zod';
import { deliveryStream, type Delivery } from '../../../commands/deliveries/delivery.ts';
import { ERASED, type PersonalData, type SealedValue } from '../../personal/personal-data.ts';

/** One address in an attempt's `details`. */
const addressOutcome = z.object({
  address: z.string(),
  outcome: z.enum(['accepted', 'deferred', 'bounced', 'unknown']),
  code: z.int().nullable(),
  answer: z.string(),
});
export type StoredOutcome = z.output<typeof addressOutcome>;

const recipientsPlace = (id: string) => ({ stream: deliveryStream(id), type: 'DeliveryRequested' });
const detailsPlace = (id: string) => ({ stream: deliveryStream(id), type: 'DeliveryAttemptEnded' });

/** Seals the addresses of a delivery. */
export async function sealRecipients(
  personal: PersonalData,
  { tenant_id, delivery_id }: Pick<Delivery, 'tenant_id' | 'delivery_id'>,
  addresses: readonly string[],
): Promise<string> {
  const fields = { recipients: JSON.stringify(addresses) };
  return (await personal.seal(tenant_id, recipientsPlace(delivery_id), fields)).recipients;
}

/** Seals what an attempt came to. */
export async function sealDetails(
  personal: PersonalData,
  { tenant_id, delivery_id }: Pick<Delivery, 'tenant_id' | 'delivery_id'>,
  outcomes: readonly StoredOutcome[],
): Promise<string> {
  const fields = { details: JSON.stringify(outcomes) };
  return (await personal.seal(tenant_id, detailsPlace(delivery_id), fields)).details;
}

/** A delivery with its fields sealed. */
export interface SealedDelivery {
  delivery_id: string;
  recipients: string;
  /** Of each attempt, in order. */
  details: readonly (string | null)[];
}

/** What is personal in a delivery; null once it is erased. */
export interface OpenedDelivery {
  recipients: string[] | null;
  /** Of each attempt, in order; null too where it is not known. */
  details: (StoredOutcome[] | null)[];
}

/** Opens deliveries, in order, with one look at the key ring. */
export async function openDeliveries(
  personal: PersonalData,
  deliveries: readonly SealedDelivery[],
): Promise<OpenedDelivery[]> {
  const values = deliveries.flatMap(({ delivery_id, recipients, details }): SealedValue[] => [
    { ...recipientsPlace(delivery_id), field: 'recipients', sealed: recipients },
    ...details.flatMap((sealed) =>
      sealed === null ? [] : [{ ...detailsPlace(delivery_id), field: 'details', sealed }],
    ),
  ]);
  const texts = await personal.open(values);
  const opened = new Map(values.map((value, at) => [keyOf(value), texts[at] ?? ERASED]));
  const textOf = (value: SealedValue): string | null => {
    const text = opened.get(keyOf(value)) ?? ERASED;
    return text === ERASED ? null : text;
  };
  return deliveries.map(({ delivery_id, recipients, details }) => {
    const text = textOf({ ...recipientsPlace(delivery_id), field: 'recipients', sealed: recipients });
    return {
      recipients: text === null ? null : z.array(z.string()).parse(JSON.parse(text)),
      details: details.map((sealed) => {
        const known =
          sealed === null ? null : textOf({ ...detailsPlace(delivery_id), field: 'details', sealed });
        return known === null ? null : z.array(addressOutcome).parse(JSON.parse(known));
      }),
    };
  });
}

const keyOf = ({ stream, field, sealed }: SealedValue): string => JSON.stringify([stream, field, sealed]);

/** The addresses that no attempt has settled; null once the delivery is erased. */
export function addressesLeft({ recipients, details }: OpenedDelivery): string[] | null {
  if (recipients === null) return null;
  const settled = new Set(
    details
      .flatMap((outcomes) => outcomes ?? [])
      .filter(({ outcome }) => outcome === 'accepted' || outcome === 'bounced')
      .map(({ address }) => address),
  );
  return recipients.filter((address) => !settled.has(address));
}
