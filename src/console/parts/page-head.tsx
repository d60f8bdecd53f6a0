import type { ComponentChildren } from 'preact';

/** A way back, from the page of an object to its list. */
export interface Crumb {
  label: string;
  href: string;
}

/** The head of a page: where it belongs, its one h1, a line that says what it is for, and what leads on. */
export function PageHead({
  title,
  lead,
  crumbs = [],
  chips,
  children,
}: {
  title: ComponentChildren;
  lead?: ComponentChildren;
  crumbs?: readonly Crumb[];
  /** Beside the title: states. */
  chips?: ComponentChildren;
  /** At the end: links and downloads. */
  children?: ComponentChildren;
}) {
  return (
    <header class="page-head">
      {crumbs.length > 0 && (
        <nav class="crumbs" aria-label="Breadcrumb">
          {crumbs.map(({ label, href }) => (
            <span class="crumb">
              <a href={href}>{label}</a>
            </span>
          ))}
        </nav>
      )}
      <div class="page-title">
        <h1>{title}</h1>
        {chips}
      </div>
      {lead !== undefined && <p class="lead">{lead}</p>}
      {children !== undefined && <div class="page-tools">{children}</div>}
    </header>
  );
}

/** A part of a page with a heading. */
export function Section({
  title,
  id,
  note,
  tools,
  children,
}: {
  title: string;
  id?: string;
  note?: ComponentChildren;
  tools?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class="section" {...(id === undefined ? {} : { id })}>
      <div class="section-head">
        <h2>{title}</h2>
        {tools !== undefined && <div class="section-tools">{tools}</div>}
      </div>
      {note !== undefined && <p class="muted section-note">{note}</p>}
      {children}
    </section>
  );
}

/** Sections side by side where there is room. */
export function Columns({ children }: { children: ComponentChildren }) {
  return <div class="columns">{children}</div>;
}
