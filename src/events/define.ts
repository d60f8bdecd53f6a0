import type { z } from 'zod';

/** The zod schema of each event's data, by event type. */
type EventSchemas = Record<string, z.ZodType>;

/**
 * The union of the events in a map of schemas. `effective_at` (ISO instant or day) is set where an event
 * takes effect at another time than it was recorded.
 */
export type EventOf<Schemas extends EventSchemas> = {
  [Type in keyof Schemas & string]: { type: Type; data: z.output<Schemas[Type]>; effective_at?: string };
}[keyof Schemas & string];

/** Who caused an event. */
export interface Actor {
  /** The token's subject, or `job:<name>` for the schedule. */
  sub: string;
  tenant_id: string | null;
  roles: string[];
}

/** An event's metadata, stored as JSON and part of the hashed text. */
export interface EventMetadata {
  actor: Actor;
  /** One id for everything that one request or job run caused. */
  correlation_id: string;
  /** The command execution (or event) that caused this one. */
  causation_id: string;
  /** Name of the command that decided it. */
  command: string;
  /** Scope-hashed Idempotency-Key, where the caller sent one. */
  idempotency_key?: string;
  schema_version: number;
  /** ISO instant at which the event was decided. */
  recorded_at: string;
  /** ISO instant or day of effect, where it differs from `recorded_at`. */
  effective_at?: string;
}

/** An event about to be appended. */
export interface NewEvent {
  id: string;
  type: string;
  data: unknown;
  metadata: EventMetadata;
}

/**
 * An event read from its stream. `revision` counts from 0; `position` is its place in the log, opaque to all
 * but the log.
 */
export interface StreamEvent extends NewEvent {
  stream: string;
  revision: number;
  position: string;
}

/**
 * An event read from the journal: `revision` counts from 0 in its stream, `position` from 1 in the journal.
 */
export interface RecordedEvent extends NewEvent {
  stream: string;
  revision: number;
  position: number;
}

/** A recorded event whose type and data are known. */
export type Recorded<Event extends { type: string; data: unknown }> = Event extends {
  type: infer Type;
  data: infer Data;
}
  ? Omit<RecordedEvent, 'type' | 'data'> & { type: Type; data: Data }
  : never;
