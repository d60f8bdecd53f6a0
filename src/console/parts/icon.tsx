/** The shapes of the icons, each a path in a square of 16. */
const shapes = {
  logo: 'M8 1.2 14.2 14H10.9L8 7.7 5.1 14H1.8Z',
  menu: 'M2 4h12M2 8h12M2 12h12',
  search: 'M7 12.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Zm4-1.5 3.5 3.5',
  check: 'm3 8.5 3.2 3.2L13 4.8',
  alert: 'M8 1.8 15 14H1L8 1.8Zm0 4.7v3.7m0 1.6v.4',
  info: 'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 7.2v4M8 4.6v.4',
  copy: 'M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3',
  chevron: 'm6 3.5 4.5 4.5L6 12.5',
  external: 'M9 2.5h4.5V7M13 3 7 9M11 9.5v4H2.5V5h4',
  download: 'M8 2v8.5m0 0L4.5 7M8 10.5 11.5 7M2.5 13.5h11',
  clock: 'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 4.5V8l2.5 2',
  cross: 'm4 4 8 8m0-8-8 8',
  events: 'M3 3.5h.5M6 3.5h7.5M3 8h.5M6 8h7.5M3 12.5h.5M6 12.5h7.5',
} as const;

export type IconName = keyof typeof shapes;

/** An icon that says nothing by itself: words stand beside it, or in a label of what holds it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={name === 'logo' ? 'icon icon-filled' : 'icon'} viewBox="0 0 16 16" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  );
}
