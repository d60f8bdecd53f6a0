import type { ConsoleDownload } from './download.ts';

/** Every file that pages link to. */
export const downloads: readonly ConsoleDownload[] = [];
