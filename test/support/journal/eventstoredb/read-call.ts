// Streams.Read: a stream or `$all`, forwards or backwards, once or as a subscription. Positions and revisions
// to read from are inclusive forwards; backwards a revision is inclusive and a position is not.
import type { handleServerStreamingCall } from '@grpc/grpc-js';
import { eventFilter } from './event-filter.ts';
import { streamNameOf, streams, type StreamMessages } from './messages.ts';
import type { ServerNode } from './node.ts';
import { Outlet } from './outlet.ts';
import { eventAnswer, streamNotFoundAnswer } from './read-answers.ts';
import { refusals, type Refusal } from './refusals.ts';
import { firstWhere, type LogRecord } from './server-log.ts';
import { visibleEvents } from './stream-view.ts';
import { Subscription } from './subscription.ts';
import { allFeed, streamFeed } from './subscription-feeds.ts';

type Options = StreamMessages.ReadReq.Options;
const { BACKWARDS } = streams.ReadReq.Options.ReadDirection;

export function readCall(
  node: ServerNode,
): handleServerStreamingCall<StreamMessages.ReadReq, StreamMessages.ReadResp> {
  return (call) => {
    const options = call.request.getOptions();
    const outlet = new Outlet(call, node.count(options?.hasSubscription() === true ? 'Subscribe' : 'Read'));
    const refusal =
      options === undefined
        ? refusals.unforeseen()
        : (node.accessRefusal(call.metadata) ?? node.leadershipRefusal());
    if (options === undefined || refusal !== null) {
      void outlet.fail(refusal ?? refusals.unforeseen());
      return;
    }
    if (options.hasSubscription()) void subscribe(node, options, outlet);
    else if (node.readDelay > 0)
      setTimeout(() => {
        void read(node, options, outlet);
      }, node.readDelay);
    else void read(node, options, outlet);
  };
}

async function subscribe(node: ServerNode, options: Options, outlet: Outlet): Promise<void> {
  const feed = options.hasAll() ? allFeed(node.log, options) : streamFeed(node.log, options.getStream()!);
  if ('code' in feed) {
    await outlet.fail(feed);
    return;
  }
  const filter = options.getFilter();
  const subscription = new Subscription(
    feed,
    outlet,
    node.liveBuffer,
    filter === undefined ? null : eventFilter(filter),
  );
  node.subscriptions.add(subscription);
  await subscription.run(node.log);
  node.subscriptions.delete(subscription);
}

async function read(node: ServerNode, options: Options, outlet: Outlet): Promise<void> {
  if (node.readsToLose > 0) {
    node.readsToLose -= 1;
    return;
  }
  const count = Number(options.getCount());
  // The real server reads pages of nothing for ever when nothing is asked for.
  if (count === 0) return;
  const found = options.hasAll() ? readAll(node, options) : readStream(node, options);
  if ('code' in found) {
    await outlet.fail(found);
    return;
  }
  if ('notFound' in found) {
    await outlet.send(streamNotFoundAnswer(found.notFound));
    outlet.end();
    return;
  }
  const { records, from, step } = found;
  const filter = options.getFilter();
  const matches = filter === undefined ? () => true : eventFilter(filter).matches;
  for (let index = from, sent = 0; index >= 0 && index < records.length && sent < count; index += step) {
    const record = records[index]!;
    if (!matches(record)) continue;
    if (!(await outlet.send(eventAnswer(record)))) return;
    sent += 1;
  }
  outlet.end();
}

interface Found {
  records: readonly LogRecord[];
  from: number;
  step: 1 | -1;
}

function readAll({ log }: ServerNode, options: Options): Found | Refusal {
  const all = options.getAll()!;
  const backwards = options.getReadDirection() === BACKWARDS;
  const { records } = log;
  const place = (from: number): Found =>
    backwards ? { records, from: from - 1, step: -1 } : { records, from, step: 1 };
  const position = all.getPosition();
  if (position === undefined) return place(all.hasEnd() ? records.length : 0);
  const commit = BigInt(position.getCommitPosition());
  if (BigInt(position.getPreparePosition()) > commit) return refusals.unforeseen();
  if (!log.isReadableFrom(commit) || (backwards && commit > log.end))
    return refusals.readFailed('ReadAllResult');
  return place(firstWhere(records, (record) => record.position >= commit));
}

function readStream({ log }: ServerNode, options: Options): Found | Refusal | { notFound: string } {
  const wanted = options.getStream()!;
  const stream = streamNameOf(wanted.getStreamIdentifier());
  const backwards = options.getReadDirection() === BACKWARDS;
  if (wanted.hasEnd() && !backwards) return refusals.readFailed('ReadStreamResult');
  const view = visibleEvents(log, stream);
  if (view.kind === 'deleted') return refusals.streamDeleted(stream);
  if (view.kind === 'not-found') return { notFound: stream };
  const { records } = view;
  if (wanted.hasEnd()) return { records, from: records.length - 1, step: -1 };
  const revision = wanted.hasRevision() ? BigInt(wanted.getRevision()) : 0n;
  if (backwards)
    return { records, from: firstWhere(records, (record) => record.revision > revision) - 1, step: -1 };
  return { records, from: firstWhere(records, (record) => record.revision >= revision), step: 1 };
}
