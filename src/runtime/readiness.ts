import { shareCall, TooLate } from './time-limit.ts';

/** One part of the service as `GET /api/ready` shows it; further members (`lag`, `position`, …) are free. */
export interface ReadinessCheck {
  status: 'ok' | 'failed';
  [member: string]: unknown;
}

/** Whether this process can serve: 200 with `ok`, 503 with anything else. */
export interface Readiness {
  status: 'ok' | 'unavailable';
  /** By the probes' names: `postgres`, `projections` (with its lag), and whatever else was asked. */
  checks: Record<string, ReadinessCheck>;
}

/**
 * A question to one part that the service stands on. `probe` answers what is to be shown of it; a member
 * `status: 'failed'` among that, or an error, says that the part can't serve. It may hang: nobody waits for
 * it for long.
 */
export interface Probe {
  name: string;
  /** Whether the service is of no use without it. What is not required is shown, and changes nothing. */
  required: boolean;
  probe(): Promise<Record<string, unknown>>;
}

/** Asks the parts of a service how they are. */
export interface ReadinessProbes {
  /** Asks all at once. It answers within {@link PROBE_MS} and a little, and never throws. */
  check(): Promise<Readiness>;
  /** As `check`, for who only watches: a stop changes nothing, and nobody is taken for a load balancer. */
  parts(): Promise<Record<string, ReadinessCheck & { required: boolean }>>;
  readonly stopping: boolean;
  /** From now on the answer is `unavailable`, without asking anybody: the process is about to stop. */
  stop(): void;
  /**
   * Resolves once whoever asks regularly has been told of the stop often enough to send no more requests
   * here, at the latest after `atMostMs`; at once where nobody has asked of late.
   */
  stopSeen(atMostMs: number): Promise<void>;
}

/** The longest that anybody waits for one part. */
export const PROBE_MS = 1_500;
/** Whoever asked twice within so long is taken for a load balancer that will ask again. */
const RECENT_MS = 60_000;
/** How often a load balancer wants to be told before it believes it, as a rule. */
const TOLD_TIMES = 3;

/** @param probes in the order in which they are shown */
export function createReadiness(
  probes: readonly Probe[],
  { now = () => performance.now(), probeMs = PROBE_MS }: { now?: () => number; probeMs?: number } = {},
): ReadinessProbes {
  const asking = probes.map((probe) => ({ ...probe, ask: shareCall(() => probe.probe(), probeMs) }));
  let asked: number[] = [];
  let stopping = false;
  let told = 0;
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
        told += 1;
        if (told >= TOLD_TIMES) seen();
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
        if (told >= TOLD_TIMES) seen();
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

/** Anybody may read it: a code or our own words, never a message, which may name hosts and users. */
function reasonOf(error: unknown): string {
  if (error instanceof TooLate) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'no answer';
}
