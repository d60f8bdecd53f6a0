import type { Problem } from '../../http/problem.ts';
import { useView } from '../view-context.ts';
import { homeOf } from './layout.tsx';
import { PageHead } from './page-head.tsx';

/** A page for what could not be shown or done: what, why, and the way on. */
export function ProblemPage({ problem, correlationId }: { problem: Problem; correlationId: string }) {
  const { session, url } = useView();
  const [path = url] = url.split('?', 1);
  return (
    <>
      <PageHead title={problem.title} lead={problem.detail} />
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
      <p class="muted">
        Status {problem.status}, correlation id <code>{correlationId}</code>
      </p>
    </>
  );
}
