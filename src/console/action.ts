import type { z } from 'zod';
import type { Route, TypedRoute } from '../http/route.ts';
import type { FieldError } from '../ledger/refusal.ts';
import type { Field } from './field.ts';

/** What was sent to the route. */
export interface Sent {
  params: Readonly<Record<string, string>>;
  body: Readonly<Record<string, unknown>>;
}

/** What a person is told after a command, and the page that opens; default: the page of the form. */
export interface Done {
  text: string;
  to?: string;
  /** An address to hand on, such as a link for a customer; relative to the service. */
  link?: string;
  /** Nothing was written, as of a trial: the form is shown again as it was filled in, with what was found. */
  again?: { errors: readonly FieldError[] };
}

/** The declaration of an action: a form that runs one command of the API. */
export interface ActionSpec<Out> {
  /** Its path is `/console/do/<name>`. */
  name: string;
  /** What it does, as the heading of its form. */
  title: string;
  /** The text of its button. */
  submit: string;
  /** `danger`: what can't be undone. */
  tone?: 'normal' | 'danger';
  fields: readonly Field[];
  /** The body from the fields' members; default: the members as they are. */
  body?(members: Record<string, unknown>): unknown;
  /** The field that a path of the API's body came from, where it is another. Its start is enough. */
  fieldOf?(path: string, members: Record<string, unknown>): string;
  done(answer: NoInfer<Out>, sent: Sent): Done;
}

/** An action as the table holds it. */
export interface ConsoleAction {
  readonly name: string;
  readonly title: string;
  readonly submit: string;
  readonly tone: 'normal' | 'danger';
  readonly fields: readonly Field[];
  readonly route: Route;
  readonly body: (members: Record<string, unknown>) => unknown;
  readonly fieldOf: (path: string, members: Record<string, unknown>) => string;
  readonly done: (answer: unknown, sent: Sent) => Done;
}

/** What every form sends beside its fields. */
const ownNames: ReadonlySet<string> = new Set(['form_token', 'key', 'from']);

/** Declares an action on a route that is no GET. */
export function defineAction<Out>(
  spec: ActionSpec<Out> & { route: TypedRoute<Out, z.ZodObject, z.ZodObject, z.ZodType> },
): ConsoleAction {
  for (const { name } of spec.fields)
    if (ownNames.has(name)) throw new Error(`a form of ${spec.name} has a ${name} of its own`);
  return {
    name: spec.name,
    title: spec.title,
    submit: spec.submit,
    tone: spec.tone ?? 'normal',
    fields: spec.fields,
    route: spec.route,
    body: (members) => (spec.body === undefined ? members : spec.body(members)),
    fieldOf: (path, members) => spec.fieldOf?.(path, members) ?? path,
    done: (answer, sent) => spec.done(answer as Out, sent),
  };
}
