import type { Figure } from './figure.ts';

/** A figure as `--json` writes it. */
export function asJson(figure: Figure): Record<string, unknown> {
  const { name, unit, value, floor, floorName, ratio, aim, met, sameWork, rssMb } = figure;
  return {
    name,
    unit,
    value,
    floor,
    floor_name: floorName,
    ratio,
    aim,
    met,
    same_work:
      sameWork === null
        ? null
        : {
            floor: sameWork.floor,
            floor_name: sameWork.floorName,
            ratio: sameWork.ratio,
            aim: sameWork.aim,
            met: sameWork.met,
          },
    rss_mb: rssMb,
    ...(figure.besides === undefined ? {} : { besides: figure.besides }),
    ...(figure.bytesPerEvent === undefined ? {} : { bytes_per_event: figure.bytesPerEvent }),
  };
}
