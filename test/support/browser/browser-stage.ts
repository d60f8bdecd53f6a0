import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { stageApril, type AprilStage } from './april-stage.ts';
import { openContext, startBrowser, type BrowserSettings } from './in-browser.ts';
import { openWatched, type WatchedPage } from './watched-page.ts';

/** Who opens the console, and with what. */
export interface Visit extends BrowserSettings {
  /** A tenant's person; default: the operator. */
  tenant?: string;
  readOnly?: boolean;
}

/** One browser and one ledger for all tests of a file. */
export class BrowserStage {
  #april: AprilStage | undefined;
  #browser: Browser | undefined;
  #contexts: BrowserContext[] = [];
  #watched: WatchedPage[] = [];

  get april(): AprilStage {
    if (this.#april === undefined) throw new Error('the stage is not open');
    return this.#april;
  }

  async open(): Promise<void> {
    // The browser has started before the ledger has.
    [this.#browser, this.#april] = await Promise.all([startBrowser(), stageApril()]);
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.#april?.close();
  }

  /** A window of a person of its own, who is not signed in. */
  async window(settings: BrowserSettings = {}): Promise<WatchedPage> {
    if (this.#browser === undefined) throw new Error('the stage is not open');
    const context = await openContext(this.#browser, this.april.ledger.url, settings);
    const watched = await openWatched(context);
    this.#contexts.push(context);
    this.#watched.push(watched);
    return watched;
  }

  /** A window of a person who has signed in by a link, at their start page. */
  async visit({ tenant, readOnly, ...settings }: Visit = {}): Promise<WatchedPage> {
    const watched = await this.window(settings);
    const path = await this.april.link({
      ...(tenant === undefined ? {} : { tenant }),
      ...(readOnly === undefined ? {} : { readOnly }),
    });
    await watched.page.goto(path);
    await watched.page.waitForURL((url) => !url.pathname.includes('/link/'));
    return watched;
  }

  /** Closes all windows, and expects that none of them had anything to complain of. */
  async leave(): Promise<void> {
    const complaints = this.#watched.splice(0).flatMap((watched) => watched.complaints());
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
    expect(complaints).to.deep.equal([]);
  }
}

/** What the last command did, as the page says it. */
export const saidOn = (page: Page): Promise<string> =>
  page.locator('main > .notice[role=status]').innerText();
