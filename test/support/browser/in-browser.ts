import { chromium as playwright, type Browser, type BrowserContext } from 'playwright-core';
import { chromium } from './find-chromium.ts';

/**
 * What makes a picture the same on every machine, and what a container needs: its /dev/shm is small, and as
 * root the browser has no sandbox.
 */
const flags = [
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-lcd-text',
  '--font-render-hinting=none',
  '--force-color-profile=srgb',
  '--hide-scrollbars',
];

/** Starts the browser of this machine. @throws {Error} where there is none */
export async function startBrowser(): Promise<Browser> {
  if (chromium === null) throw new Error('there is no browser: install Chromium, or set CHROMIUM');
  return playwright.launch({ executablePath: chromium, args: flags });
}

/** A person's browser: its cookies, its size, its colours. */
export interface BrowserSettings {
  width?: number;
  colours?: 'light' | 'dark';
  /** Default: with. */
  javaScript?: boolean;
}

/** A context as every test wants it: in English, in UTC, without motion. */
export function openContext(
  browser: Browser,
  baseURL: string,
  { width = 1_600, colours = 'light', javaScript = true }: BrowserSettings = {},
): Promise<BrowserContext> {
  return browser.newContext({
    baseURL,
    viewport: { width, height: 1_000 },
    colorScheme: colours,
    javaScriptEnabled: javaScript,
    reducedMotion: 'reduce',
    locale: 'en-AU',
    timezoneId: 'UTC',
  });
}

/** A suite that needs a browser. Without one it is not there, and one line says so. */
export function describeInBrowser(title: string, define: () => void): void {
  if (chromium === null) {
    console.log(`${title}: not tried, as there is no browser (install Chromium, or set CHROMIUM)`);
    return;
  }
  describe(title, define);
}
