import { z } from 'zod';

const duration = z.string().regex(/^(\d+(us|ms|s|m|h))+$/);
const size = z.string().regex(/^\d+(b|k|kb|m|mb|g|gb)$/);
const name = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/);

const healthcheck = z.strictObject({
  test: z.union([z.tuple([z.literal('CMD')], z.string()), z.tuple([z.literal('CMD-SHELL'), z.string()])]),
  interval: duration,
  timeout: duration,
  retries: z.int().positive(),
  start_period: duration,
});

const service = z.strictObject({
  build: z.string().optional(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  // Numbers and booleans have to be quoted: what YAML makes of `yes` or 1e3 is no longer what was written.
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string()).optional(),
  ports: z.array(z.string().regex(/^(\d+\.\d+\.\d+\.\d+:)?\d+:\d+$/)).optional(),
  volumes: z.array(z.string().regex(/^[a-z-]+:\/[a-z/]+$/)).optional(),
  depends_on: z
    .record(
      name,
      z.strictObject({
        condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
      }),
    )
    .optional(),
  healthcheck: healthcheck.optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string().startsWith('/')).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  mem_limit: size,
  shm_size: size.optional(),
  stop_grace_period: duration.optional(),
  logging: z.strictObject({ driver: z.string(), options: z.record(z.string(), z.string()) }),
});

/**
 * The part of compose's schema that our file uses: any other member, or another type, is a mistake.
 */
export const composeFile = z.strictObject({
  services: z.record(name, service),
  volumes: z.record(name, z.strictObject({})),
});

export type ComposeFile = z.infer<typeof composeFile>;
