import type { jobRunRoute } from '../../http/routes/jobs.ts';
import type { AnswerOf } from '../answer-of.ts';
import { useView } from '../view-context.ts';
import { Live, took } from './live.tsx';
import { Progress } from './notice.tsx';

export type Run = AnswerOf<typeof jobRunRoute>['data'];

/** What the steps of a job are, where its runs do not say it themselves. */
const labels: Readonly<Record<string, string>> = {
  'invoices.rollup': 'Issuing the invoices',
  'invoices.send': 'Sending the invoices',
};

/**
 * How far a run is. On whichever page it stands, the page of the run is asked for it again, which costs
 * nothing: what else that page shows is loaded once, when the run has ended.
 */
export function RunProgress({ run }: { run: Run }) {
  const { now } = useView();
  const { id, job, status, progress, started_at } = run;
  const running = status === 'running';
  return (
    <Live id={`run-${id}`} running={running} from={`/console/jobs/runs/${encodeURIComponent(id)}`}>
      {running ? (
        <>
          <Progress
            label={progress?.note ?? labels[job] ?? (progress === null ? 'Running' : 'Steps')}
            done={progress?.done ?? 0}
            of={progress?.total ?? null}
          />
          <p class="muted">{took(started_at, now)} so far.</p>
        </>
      ) : (
        <p class="ended" hidden>
          This has ended. <a href="">Show what became of it</a>
        </p>
      )}
    </Live>
  );
}
