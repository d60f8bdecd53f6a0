import { z } from 'zod';
import { DigitalOceanError } from './errors.ts';

/** The answer, parsed. Throws DigitalOceanError `malformed` naming the first field that does not fit. */
export function readAnswer<T>(schema: z.ZodType<T>, body: unknown, path: string, within = ''): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = [within, ...(issue?.path ?? [])].filter((part) => part !== '').join('.');
  const at = field === '' ? '' : ` at ${field}`;
  throw new DigitalOceanError({
    code: 'malformed',
    message: `DigitalOcean GET ${path}: unexpected answer${at}: ${issue?.message ?? 'invalid'}`,
    status: 200,
    path,
  });
}

/** One member of an answer's root object; `malformed` where the answer is no object or lacks it. */
export function readMember(body: unknown, member: string, path: string): unknown {
  return readAnswer(
    z.object({ [member]: z.unknown().refine((value) => value !== undefined, 'missing') }),
    body,
    path,
  )[member];
}
