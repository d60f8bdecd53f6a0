import type { z } from 'zod';
import type { TypedRoute } from '../http/route.ts';

/** What a route answers. */
export type AnswerOf<Route> =
  Route extends TypedRoute<infer Out, z.ZodObject, z.ZodObject, z.ZodType> ? Out : never;
