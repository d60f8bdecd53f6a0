/** The signals by which a terminal or a supervisor stops a program: SIGINT and SIGTERM. */
export interface StopSignal {
  /** Settles at the first signal with its name. */
  readonly asked: Promise<NodeJS.Signals>;
  readonly stopped: boolean;
  /** Gives the signals their usual meaning back. */
  release(): void;
}

/** Signals within this time count as one: a wrapper (npm, a shell) may pass on the terminal's signal. */
const echoMs = 500;
const signals = ['SIGINT', 'SIGTERM'] as const;

/**
 * The first SIGINT or SIGTERM asks for a clean stop, the second exits at once.
 * @param onFirst called at the first signal
 */
export function stopSignal(onFirst: () => void = () => undefined): StopSignal {
  let first: { at: number } | undefined;
  let settle: (signal: NodeJS.Signals) => void = () => undefined;
  const asked = new Promise<NodeJS.Signals>((resolve) => {
    settle = resolve;
  });
  const listener = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (first === undefined) {
      first = { at: now };
      settle(signal);
      onFirst();
    } else if (now - first.at > echoMs) {
      // What a shell reports for a program that this signal ended.
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
  };
  for (const signal of signals) process.on(signal, listener);
  return {
    asked,
    get stopped() {
      return first !== undefined;
    },
    release() {
      for (const signal of signals) process.off(signal, listener);
    },
  };
}
