import type { ConsolePage } from './page.ts';
import { designPage } from './pages/design.tsx';

/** Every page of the console, in the order of the navigation. */
export const pages: readonly ConsolePage[] = [designPage];
