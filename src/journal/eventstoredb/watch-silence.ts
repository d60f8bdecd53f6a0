/** Calls back after a time of silence while an answer is expected. */
export function watchSilence(onSilent: () => void) {
  let timer: NodeJS.Timeout | null = null;
  let heard = 0;
  const begin = (ms: number) => {
    const begun = setTimeout(() => {
      // Answers that arrived while this process was busy are read first.
      const before = heard;
      setImmediate(() => {
        if (timer !== begun) return;
        if (heard === before) onSilent();
        else begun.refresh();
      });
    }, ms);
    timer = begun;
  };
  return {
    /** An answer is expected; time that runs already goes on. */
    expect: (ms: number) => {
      if (timer === null) begin(ms);
    },
    heard() {
      heard += 1;
      timer?.refresh();
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
