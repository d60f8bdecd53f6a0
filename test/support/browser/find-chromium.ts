/** The script that installs a browser also finds it. It is plain JavaScript without types. */
const { findChromium } = (await import(new URL('../../../scripts/chromium.mjs', import.meta.url).href)) as {
  findChromium: (env?: Readonly<Record<string, string | undefined>>) => Promise<string | null>;
};

/** The browser of this machine, or null. */
export const chromium: string | null = await findChromium();

export { findChromium };
