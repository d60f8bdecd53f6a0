/** A place in which a personal field is stored. A sealed text opens in its own place alone. */
export interface SealedPlace {
  /** The event's stream. */
  stream: string;
  /** The event's type. */
  type: string;
  /** The field of the event's data. */
  field: string;
}

/** A sealed text and its place. */
export interface SealedValue extends SealedPlace {
  sealed: string;
}

/** What a field reads once its key is destroyed. */
export const ERASED = 'erased';

/**
 * Personal fields, sealed under a data key of their tenant before they become event data (spec 17). Sealing
 * is deterministic: the same text in the same place under the same key is the same sealed text, so that a
 * command that is sent again finds nothing to change.
 */
export interface PersonalData {
  /**
   * Seals fields of one event. A tenant without a key gets one. Null stays null.
   * @throws {Refused} `not-configured` where there is no master key
   */
  seal<Fields extends Record<string, string | null>>(
    tenantId: string,
    place: Pick<SealedPlace, 'stream' | 'type'>,
    fields: Fields,
  ): Promise<Fields>;
  /** Opens sealed texts, in order: {@link ERASED} where the key is destroyed. */
  open(values: readonly SealedValue[]): Promise<string[]>;
  /** The ids of a tenant's keys that are not destroyed. */
  keysOf(tenantId: string): Promise<string[]>;
  /** Destroys keys for ever; destroyed ones stay so. */
  destroy(keyIds: readonly string[]): Promise<void>;
}
