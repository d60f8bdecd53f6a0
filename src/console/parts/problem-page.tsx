import type { Problem } from '../../http/problem.ts';
import { useView } from '../view-context.ts';
import { homeOf } from './layout.tsx';
import { PageHead } from './page-head.tsx';
import { withQuery } from './url.ts';
import { Id } from './values.tsx';

/** Titles for people, where those of the API are for programs. */
const titles: Readonly<Record<string, string>> = {
  'unknown-path': 'There is no such page',
  'method-not-allowed': 'There is no such page',
  'internal-error': 'Something went wrong here',
};

const codeOf = ({ type }: Problem): string => type.split(':').at(-1) ?? '';

/** Why, as a sentence: `this page is for tenants` is This page is for tenants. */
function leadOf(problem: Problem): string {
  if (codeOf(problem) === 'unknown-path') return 'The address is mistyped, or what it led to has moved.';
  const { detail } = problem;
  const text = `${detail.slice(0, 1).toUpperCase()}${detail.slice(1)}`;
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** An object of now may not have been there at the moment that was asked for. */
const isOfPast = (url: string): boolean => /[?&](as_of|known_at)=[^&]/.test(url);

/** A page for what could not be shown or done: what, why, and the way on. */
export function ProblemPage({ problem, correlationId }: { problem: Problem; correlationId: string }) {
  const { session, url } = useView();
  const [path = url] = url.split('?', 1);
  return (
    <>
      <PageHead title={titles[codeOf(problem)] ?? problem.title} lead={leadOf(problem)} />
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
        {problem.status === 404 && isOfPast(url) && (
          <a class="button" href={withQuery(url, { as_of: '', known_at: '' })}>
            The page as of now
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
