/** A one-off charge of a day. */
export interface OneOffCharge {
  readonly charge_id: string;
  readonly description: string;
  /** Before tax; negative: a discount. */
  readonly amount_cents: number;
  readonly day: string;
  /** The event that added it. */
  readonly event_id: string;
}
