import { aDroplet, isJsonObject, type Droplet } from '../../../simulators/digitalocean/index.ts';

/** A droplet as large as a real answer has it: its size names many regions. */
export function largeDroplet(): Droplet {
  const regions = Array.from({ length: 120 }, (_, number) => `region-${number}`);
  const { size, ...droplet } = aDroplet();
  return { ...droplet, size: { ...(isJsonObject(size) ? size : {}), regions } };
}
