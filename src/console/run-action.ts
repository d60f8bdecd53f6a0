import type { Request, Response } from 'express';
import { requireAccess } from '../http/call-route.ts';
import { HttpProblem, problemFor } from '../http/problem.ts';
import { isOutage } from '../http/outage.ts';
import { Refused, type FieldError } from '../ledger/refusal.ts';
import type { ConsoleAction, Done } from './action.ts';
import type { Flash } from '../database/console-sessions.ts';
import { answered } from './ask.ts';
import type { Draft } from './draft.ts';
import { formBody, type FormBody } from './form-body.ts';
import { findPage, openPage } from './open-page.ts';
import type { ConsoleOptions } from './options.ts';
import type { Person } from './person.ts';
import { pathWithin } from './session/same-site.ts';
import type { Shows } from './show.tsx';

const paramsIn = (fields: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => name.startsWith('p.'))
      .map(([name, value]) => [name.slice(2), value]),
  );

/** A form that was not carried out, as its page shows it again. */
function draftOf(
  action: ConsoleAction,
  fields: Readonly<Record<string, string>>,
  typed: Readonly<Record<string, string>>,
  why: Pick<Draft, 'message' | 'errors'> & { tone?: Draft['tone']; forgetsKey?: boolean },
): Draft {
  return {
    action: action.name,
    params: paramsIn(fields),
    typed,
    errors: why.errors,
    message: why.message,
    tone: why.tone ?? 'bad',
    key: why.forgetsKey ? null : (fields['key'] ?? null),
  };
}

/** Whether what was not found is what was typed into a field, such as the code of a plan. */
const isOfField = ({ fields }: ConsoleAction, errors: readonly FieldError[]): boolean =>
  errors.some(({ path }) =>
    fields.some(({ name, kind }) => kind !== 'hidden' && (path === name || path.startsWith(`${name}.`))),
  );

const goneText = 'That is not there, or not any more. Nothing was changed.';

/** Runs actions and shows their forms again. */
export interface ActionRunner {
  run(
    person: Person,
    exchange: { request: Request; response: Response },
    action: ConsoleAction,
    fields: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** Shows the page of a form that was not carried out, with what was typed; null: what it names is gone. */
  showAgain(
    person: Person,
    exchange: { request: Request; response: Response },
    fields: Readonly<Record<string, string>>,
    draft: Draft | null,
    status: number,
  ): Promise<void>;
  /** A form of which nothing was sent: it was filled in under another session. */
  unsent(action: ConsoleAction, fields: Readonly<Record<string, string>>): Draft;
}

export function createActionRunner(options: ConsoleOptions, shows: Shows): ActionRunner {
  const showAgain: ActionRunner['showAgain'] = async (person, exchange, fields, draft, status) => {
    const url = pathWithin(fields['from']);
    const [path = ''] = url.split('?', 1);
    const found = findPage(options.pages, path);
    if (found === null) throw new HttpProblem('unknown-path', 'the page of this form does not exist');
    const flash: Flash | null = draft === null ? { tone: 'info', text: goneText } : null;
    await openPage(options, shows, person, exchange, { ...found, url, status, draft, flash });
  };
  const unsent: ActionRunner['unsent'] = (action, fields) =>
    draftOf(action, fields, formBody(action.fields, fields).typed, {
      message: 'This was not sent yet. Look at it, and send it again.',
      errors: [],
    });
  return {
    showAgain,
    unsent,
    async run(person, exchange, action, fields) {
      // Before anything is said of the fields: who may not run it learns nothing of them.
      requireAccess(action.route, person.caller);
      const made = formBody(action.fields, fields);
      const shownAgain = (why: Parameters<typeof draftOf>[3], status: number) =>
        showAgain(person, exchange, fields, draftOf(action, fields, made.typed, why), status);
      if (made.errors.length > 0)
        return shownAgain({ message: 'Some fields could not be read.', errors: made.errors }, 422);
      const missing = missingIn(action, made);
      if (missing.length > 0) return shownAgain({ message: 'Something is missing.', errors: missing }, 422);
      try {
        const { to, text, again } = await carryOut(options, person, action, fields, made);
        if (again === undefined) return exchange.response.redirect(303, pathWithin(to ?? fields['from']));
        const tone = again.errors.length === 0 ? 'good' : 'bad';
        // Its key has an answer already, that of the trial.
        return await shownAgain({ message: text, errors: again.errors, tone, forgetsKey: true }, 200);
      } catch (error) {
        // A handler's own fault is shown as a page of its own, by the server.
        const { problem, unexpected } = problemFor(error, isOutage);
        if (unexpected && !isOutage(error)) throw error;
        const errors = (problem.errors ?? []).map((one) =>
          inWords(action, made, { ...one, path: action.fieldOf(one.path, made.body) }),
        );
        // What was to go is gone, as after a second click.
        if (problem.status === 404 && action.route.method === 'DELETE')
          return showAgain(person, exchange, fields, null, 404);
        if (problem.status === 403 || (problem.status === 404 && !isOfField(action, errors))) throw error;
        const forgetsKey = error instanceof Refused && error.refusal.refused === 'idempotency-conflict';
        return shownAgain({ message: sentence(problem), errors, forgetsKey }, problem.status);
      }
    },
  };
}

const isEmpty = ({ fields }: ConsoleAction, { typed }: FormBody, path: string): boolean =>
  fields.some(({ name, required = false }) => name === path && required && typed[name]?.trim() === '');

const notEmpty = 'has to be filled in';

/** Fields that were left empty though the form asks for them, where the API would do without. */
function missingIn(action: ConsoleAction, made: FormBody): FieldError[] {
  const empty = action.fields.filter(({ name }) => isEmpty(action, made, name));
  if (empty.length === 0 || action.route.body?.safeParse(action.body(made.body)).success !== true) return [];
  return empty.map(({ name }) => ({ path: name, message: notEmpty }));
}

/** What the API said of a field; of one that was left empty, that it has to be filled in. */
const inWords = (action: ConsoleAction, made: FormBody, error: FieldError): FieldError =>
  isEmpty(action, made, error.path) ? { ...error, message: notEmpty } : error;

/** Why a command was refused, for people: the kind, and the reason where it says more. */
function sentence({ title, detail, errors }: { title: string; detail: string; errors?: unknown[] }): string {
  return errors !== undefined && errors.length > 0 ? `${title}.` : `${title}: ${detail}.`;
}

/** Runs the command, and leaves what the next page says and waits for. */
async function carryOut(
  options: ConsoleOptions,
  person: Person,
  action: ConsoleAction,
  fields: Readonly<Record<string, string>>,
  made: FormBody,
): Promise<Done> {
  const { route } = action;
  const params = paramsIn(fields);
  const body = route.body === undefined ? undefined : action.body(made.body);
  const outcome = await person.call(route, {
    params,
    query: made.query,
    body,
    ...(fields['key'] === undefined ? {} : { idempotencyKey: fields['key'] }),
  });
  const answer = answered(outcome);
  const done = action.done(answer.body, { params, body: made.body });
  if (done.again !== undefined) return done;
  await options.sessions.leave(person.session, {
    flash: { tone: 'good', text: done.text, ...(done.link === undefined ? {} : { link: done.link }) },
    position: answer.position,
  });
  return done;
}
