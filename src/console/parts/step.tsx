import type { ComponentChildren } from 'preact';
import { Chip, type Tone } from './values.tsx';

/** One of the steps of a work that is done in order, with how it stands. */
export function Step({
  id,
  title,
  state,
  tone,
  children,
}: {
  id: string;
  title: string;
  /** In a word or two. */
  state: string;
  tone: Tone;
  children: ComponentChildren;
}) {
  return (
    <li class={tone === 'good' ? 'step step-done' : 'step'} id={id}>
      <div class="step-head">
        <h2>{title}</h2>
        <Chip tone={tone}>{state}</Chip>
      </div>
      {children}
    </li>
  );
}
