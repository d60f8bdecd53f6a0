import { errorCode } from './error-code.ts';
import { shareCall, TooLate } from './time-limit.ts';

/** A part of the service as `GET /api/ready` shows it, with members of its own (`lag`, `position`, …). */
interface ReadinessCheck {
  status: 'ok' | 'failed';
  [member: string]: unknown;
}

/** Whether this process can serve: 200 with `ok`, 503 with anything else. */
export interface Readiness {
  status: 'ok' | 'unavailable';
  /** By the probes' names: `postgres`, `projections` (with its lag), and others. */
  checks: Record<string, ReadinessCheck>;
}

/**
 * Checks one part of the service. `probe` returns what is shown; `status: 'failed'`, an error or no answer
 * within {@link PROBE_MS} means that the part can't serve.
 */
export interface Probe {
  name: string;
  /** Whether the service can't serve without it; other parts are only shown. */
  required: boolean;
  probe(): Promise<Record<string, unknown>>;
}

/** Checks the parts of a service. */
export interface ReadinessProbes {
  /** Runs all probes at once, within about {@link PROBE_MS}; it never throws. */
  check(): Promise<Readiness>;
  /** The probes alone, for metrics: independent of `stop`, and not counted as a load balancer's check. */
  parts(): Promise<Record<string, ReadinessCheck & { required: boolean }>>;
  readonly stopping: boolean;
  /** From now on the answer is `unavailable`, without probes: the process is about to stop. */
  stop(): void;
  /**
   * Resolves once a load balancer has seen `unavailable` often enough to send no further requests, at the
   * latest after `atMostMs`; at once where none has checked lately.
   */
  stopSeen(atMostMs: number): Promise<void>;
}

/** The longest that a check waits for one part. */
export const PROBE_MS = 1_500;
/** Two checks within this time are a load balancer's. */
const RECENT_MS = 60_000;
/** After so many failed checks a load balancer usually sends no further requests. */
const FAILED_CHECKS = 3;

/** @param probes in the order in which they are shown */
export function createReadiness(
  probes: readonly Probe[],
  { now = () => performance.now(), probeMs = PROBE_MS }: { now?: () => number; probeMs?: number } = {},
): ReadinessProbes {
  const asking = probes.map((probe) => ({ ...probe, ask: shareCall(() => probe.probe(), probeMs) }));
  let asked: number[] = [];
  let stopping = false;
  let refused = 0;
  let seen: () => void = () => undefined;
  const parts = async () =>
    Object.fromEntries(
      await Promise.all(
        asking.map(async ({ name, required, ask }) => [name, await checkOf(required, ask)] as const),
      ),
    );
  return {
    parts,
    get stopping() {
      return stopping;
    },
    async check() {
      asked = [...asked.slice(-1), now()];
      if (stopping) {
        refused += 1;
        if (refused >= FAILED_CHECKS) seen();
        return {
          status: 'unavailable',
          checks: { process: { status: 'failed', required: true, reason: 'stopping' } },
        };
      }
      const checks = await parts();
      const failed = Object.values(checks).some((check) => check.required && check.status === 'failed');
      return { status: failed ? 'unavailable' : 'ok', checks };
    },
    stop() {
      stopping = true;
    },
    async stopSeen(atMostMs) {
      if (asked.filter((at) => now() - at <= RECENT_MS).length < 2) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, atMostMs);
        seen = () => {
          clearTimeout(timer);
          resolve();
        };
        if (refused >= FAILED_CHECKS) seen();
      });
    },
  };
}

type RequiredCheck = ReadinessCheck & { required: boolean };

async function checkOf(
  required: boolean,
  ask: () => Promise<Record<string, unknown>>,
): Promise<RequiredCheck> {
  try {
    const { status, ...shown } = await ask();
    return { status: status === 'failed' ? 'failed' : 'ok', required, ...shown };
  } catch (error) {
    return { status: 'failed', required, reason: reasonOf(error) };
  }
}

/** Shown publicly: a code or our own words, never an error's message, which may name hosts and users. */
function reasonOf(error: unknown): string {
  if (error instanceof TooLate) return error.message;
  const code = errorCode(error);
  return /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'no answer';
}
