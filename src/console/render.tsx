import { renderToString } from 'preact-render-to-string';
import type { ComponentChildren } from 'preact';
import { Layout } from './parts/layout.tsx';
import { ViewContext, type View } from './view-context.ts';

/** A whole page as text. */
export function renderPage(view: View, title: string, content: ComponentChildren): string {
  return `<!doctype html>${renderToString(
    <ViewContext.Provider value={view}>
      <Layout title={title}>{content}</Layout>
    </ViewContext.Provider>,
  )}`;
}

const main = '<main';

/** A page in two pieces: its frame, which needs no figures, and the content with what follows it. */
export function pieces(html: string): { frame: string; rest: string } {
  const at = html.indexOf(main);
  return { frame: html.slice(0, at), rest: html.slice(at) };
}

/** What stands in place of the content until it is there: the style sheet hides it once something follows. */
export const waiting = '<p class="waiting" role="status">Working out the figures…</p>';
