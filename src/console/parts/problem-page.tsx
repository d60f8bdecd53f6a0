import type { Problem } from '../../http/problem.ts';
import { useView } from '../view-context.ts';
import { homeOf } from './layout.tsx';
import { PageHead } from './page-head.tsx';
import { Id } from './values.tsx';

/** Titles for people, where those of the API are for programs. */
const titles: Readonly<Record<string, string>> = {
  'unknown-path': 'There is no such page',
  'method-not-allowed': 'There is no such page',
  'internal-error': 'Something went wrong here',
};

const codeOf = ({ type }: Problem): string => type.split(':').at(-1) ?? '';

/** `there is no such page` is There is no such page. */
function asSentence(detail: string): string {
  const text = `${detail.slice(0, 1).toUpperCase()}${detail.slice(1)}`;
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** A page for what could not be shown or done: what, why, and the way on. */
export function ProblemPage({ problem, correlationId }: { problem: Problem; correlationId: string }) {
  const { session, url } = useView();
  const [path = url] = url.split('?', 1);
  return (
    <>
      <PageHead title={titles[codeOf(problem)] ?? problem.title} lead={asSentence(problem.detail)} />
      {problem.errors !== undefined && problem.errors.length > 0 && (
        <ul class="problem-errors">
          {problem.errors.map((error) => (
            <li>
              {error.path !== '' && <code>{error.path}</code>} {error.message}
            </li>
          ))}
        </ul>
      )}
      <p class="button-row">
        {problem.status === 422 && url !== path && (
          <a class="button" href={path}>
            The page without filters
          </a>
        )}
        {problem.status >= 500 && (
          <a class="button" href={url}>
            Try again
          </a>
        )}
        <a class="button" href={homeOf(session)}>
          Go to the start
        </a>
      </p>
      <p class="muted problem-id">
        Status {problem.status}, correlation id <Id id={correlationId} short={false} />
      </p>
    </>
  );
}
