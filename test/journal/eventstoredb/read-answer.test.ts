import { expect } from 'chai';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { MessageFields } from '../../../src/journal/eventstoredb/message-fields.ts';
import { decodeReadAnswer } from '../../../src/journal/eventstoredb/read-answer.ts';

const { ReadEvent, StreamNotFound } = streams.ReadResp;

interface Sent {
  stream: string;
  id: string;
  type: string;
  contentType: string;
  revision: string;
  position: string;
  data: string | Buffer;
  metadata: string;
}

const usual: Sent = {
  stream: 'deployment-1',
  id: '2f1c5e0a-6f64-4b6e-9a51-0d5f7e2a9b11',
  type: 'UsageMetered',
  contentType: 'application/json',
  revision: '7',
  position: '4711',
  data: '{"n":1}',
  metadata: '{"actor":{"sub":"a"}}',
};

/** An answer as the server writes it, by the messages that come with the client. */
function answer(changes: Partial<Sent> = {}): Buffer {
  const sent = { ...usual, ...changes };
  const id = new shared.UUID();
  id.setString(sent.id);
  const stream = new shared.StreamIdentifier();
  stream.setStreamName(Buffer.from(sent.stream));
  const recorded = new ReadEvent.RecordedEvent();
  recorded.setId(id);
  recorded.setStreamIdentifier(stream);
  recorded.setStreamRevision(sent.revision);
  recorded.setPreparePosition('1');
  recorded.setCommitPosition(sent.position);
  recorded.getMetadataMap().set('created', '638000000000000000');
  recorded.getMetadataMap().set('type', sent.type);
  recorded.getMetadataMap().set('content-type', sent.contentType);
  recorded.setData(Buffer.from(sent.data as string));
  recorded.setCustomMetadata(Buffer.from(sent.metadata));
  const event = new ReadEvent();
  event.setEvent(recorded);
  event.setCommitPosition(sent.position);
  const response = new streams.ReadResp();
  response.setEvent(event);
  return Buffer.from(response.serializeBinary());
}

describe('answers to a read of the whole log', () => {
  it('are decoded to the event with all its fields', () => {
    expect(decodeReadAnswer(answer())).to.deep.equal({
      streamId: 'deployment-1',
      id: usual.id,
      type: 'UsageMetered',
      revision: 7,
      position: 4711n,
      isJson: true,
      data: { n: 1 },
      metadata: { actor: { sub: 'a' } },
      size: 7,
    });
  });

  it('keep texts of any script, and bytes within a larger buffer', () => {
    const bytes = answer({ stream: 'größe-日本', type: 'Übung', data: '{"name":"Zoë 🙂"}' });
    const framed = Buffer.concat([Buffer.alloc(5), bytes, Buffer.alloc(5)]).subarray(5, 5 + bytes.length);
    expect(decodeReadAnswer(framed)).to.deep.include({
      streamId: 'größe-日本',
      type: 'Übung',
      data: { name: 'Zoë 🙂' },
    });
  });

  it('keep positions and revisions beyond the safe integers exact', () => {
    for (const position of ['0', '127', '128', '562949953421311', '562949953421312', '9223372036854775807']) {
      const event = decodeReadAnswer(answer({ position, revision: position }));
      expect(event?.position).to.equal(BigInt(position));
      expect(BigInt(event?.revision ?? -1)).to.equal(BigInt(position));
    }
  });

  it('do not fail for what is no JSON', () => {
    expect(decodeReadAnswer(answer({ data: '{"n":' }))).to.deep.include({ isJson: true, data: '{"n":' });
    expect(decodeReadAnswer(answer({ metadata: 'none' }))).to.deep.include({ metadata: 'none' });
    const binary = { contentType: 'application/octet-stream', data: Buffer.from([255, 0, 1]), metadata: '' };
    expect(decodeReadAnswer(answer(binary))).to.deep.include({ isJson: false, metadata: undefined });
  });

  it('do not look into events of the system', () => {
    const system = { data: undefined, metadata: undefined };
    expect(decodeReadAnswer(answer({ type: '$metadata' }))).to.deep.include(system);
    expect(decodeReadAnswer(answer({ stream: '$settings' }))).to.deep.include(system);
  });

  it('may hold no event', () => {
    const response = new streams.ReadResp();
    response.setStreamNotFound(new StreamNotFound());
    expect(decodeReadAnswer(Buffer.from(response.serializeBinary()))).to.equal(null);
    response.setLastStreamPosition('12');
    expect(decodeReadAnswer(Buffer.from(response.serializeBinary()))).to.equal(null);
    expect(decodeReadAnswer(Buffer.alloc(0))).to.equal(null);
  });

  it('are refused when they are cut', () => {
    const bytes = answer();
    expect(() => decodeReadAnswer(bytes.subarray(0, bytes.length - 3))).to.throw('ends within a field');
  });
});

describe('fields of a message', () => {
  it('pass over those of every kind that are not asked for', () => {
    const fields = new MessageFields(
      Buffer.from([0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x15, 1, 2, 3, 4, 0x1a, 2, 104, 105, 0x20, 5]),
    );
    const seen: number[] = [];
    while (fields.next())
      for (let n = 1; n < 5; n++) for (const kind of [0, 1, 2, 5]) if (fields.is(n, kind)) seen.push(n);
    expect(seen).to.deep.equal([1, 2, 3, 4]);
    expect(fields.value).to.equal(5);
    expect(() => new MessageFields(Buffer.from([0x0b])).next()).to.throw('unknown kind 3');
  });
});
