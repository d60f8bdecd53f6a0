import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';

/** Something to know before going on. */
export function Notice({
  tone = 'info',
  title,
  children,
}: {
  tone?: 'good' | 'warn' | 'bad' | 'info';
  title?: string;
  children?: ComponentChildren;
}) {
  return (
    <div class={`notice notice-${tone}`} {...(tone === 'bad' ? { role: 'alert' } : {})}>
      <Icon name={tone === 'good' ? 'check' : tone === 'info' ? 'info' : 'alert'} />
      <div>
        {title !== undefined && <p class="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}

/** Where there is nothing to show: says what was looked for, and what to do next. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** Something that opens in place: forms with consequences, details. */
export function Disclosure({
  summary,
  open = false,
  tone = 'normal',
  children,
}: {
  summary: ComponentChildren;
  open?: boolean;
  tone?: 'normal' | 'danger';
  children: ComponentChildren;
}) {
  return (
    <details class={tone === 'danger' ? 'disclosure disclosure-danger' : 'disclosure'} open={open}>
      <summary>
        <Icon name="chevron" />
        {summary}
      </summary>
      <div class="disclosure-body">{children}</div>
    </details>
  );
}

/** How far long work is. */
export function Progress({ label, done, of }: { label: string; done: number; of: number | null }) {
  return (
    <div class="progress">
      <label>
        <span>{label}</span>
        <progress {...(of === null ? {} : { value: done, max: Math.max(of, 1) })} />
      </label>
      <span class="num muted">
        {done.toLocaleString('en')}
        {of !== null && ` of ${of.toLocaleString('en')}`}
      </span>
    </div>
  );
}
