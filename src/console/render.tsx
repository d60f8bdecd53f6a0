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
