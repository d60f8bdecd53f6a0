import { Worker } from 'node:worker_threads';

/** A thread that runs a TypeScript file: a thread has no loader of it, so it first registers one. */
export function sourceThread(file: URL): Worker {
  const [loader, source] = [import.meta.resolve('tsx/esm/api'), file.href].map((url) => JSON.stringify(url));
  const program = `import(${loader}).then(({ register }) => { register(); return import(${source}); });`;
  return new Worker(program, { eval: true, execArgv: [] });
}
