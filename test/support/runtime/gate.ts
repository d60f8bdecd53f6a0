/** Work waits at a gate until a test opens it. */
export interface Gate {
  /** Resolves once the gate is open. */
  opened: Promise<void>;
  /** Opens it, for good. */
  open: () => void;
}

/** A closed gate. */
export function gate(): Gate {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
