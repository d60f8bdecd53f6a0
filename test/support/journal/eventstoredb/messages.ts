// The protocol's messages and services, as the client itself has them: generated, CommonJS, and with a
// protobuf runtime that lies below the client. They are loaded from there, so that server and client share
// one definition.
import type * as GossipServices from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import type * as GossipMessages from '@eventstore/db-client/generated/gossip_pb.js';
import type * as FeatureServices from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type * as FeatureMessages from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type * as SharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import type * as StatusMessages from '@eventstore/db-client/generated/status_pb.js';
import type * as StreamServices from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type * as StreamMessages from '@eventstore/db-client/generated/streams_pb.js';
import type * as AnyMessages from 'google-protobuf/google/protobuf/any_pb.js';
import type * as EmptyMessages from 'google-protobuf/google/protobuf/empty_pb.js';
import { createRequire } from 'node:module';

const fromHere = createRequire(import.meta.url);
const fromClient = createRequire(fromHere.resolve('@eventstore/db-client'));

export const streams = fromClient('../generated/streams_pb.js') as typeof StreamMessages;
export const shared = fromClient('../generated/shared_pb.js') as typeof SharedMessages;
export const status = fromClient('../generated/status_pb.js') as typeof StatusMessages;
export const gossip = fromClient('../generated/gossip_pb.js') as typeof GossipMessages;
export const features = fromClient('../generated/serverfeatures_pb.js') as typeof FeatureMessages;
export const protobufAny = fromClient('google-protobuf/google/protobuf/any_pb.js') as typeof AnyMessages;
export const protobufEmpty = fromClient(
  'google-protobuf/google/protobuf/empty_pb.js',
) as typeof EmptyMessages;

const { StreamsService } = fromClient('../generated/streams_grpc_pb.js') as typeof StreamServices;
const { GossipService } = fromClient('../generated/gossip_grpc_pb.js') as typeof GossipServices;
const { ServerFeaturesService } = fromClient(
  '../generated/serverfeatures_grpc_pb.js',
) as typeof FeatureServices;
export const services = { StreamsService, GossipService, ServerFeaturesService };

export type { FeatureMessages, GossipMessages, SharedMessages, StatusMessages, StreamMessages };

/** A stream's identifier on the wire. */
export function streamIdentifier(stream: string): SharedMessages.StreamIdentifier {
  return new shared.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8'));
}

/** The name of a stream that a request names; '' when it names none. */
export function streamNameOf(identifier: SharedMessages.StreamIdentifier | undefined): string {
  return identifier === undefined ? '' : Buffer.from(identifier.getStreamName_asU8()).toString('utf8');
}

/** A UUID on the wire, as text: the form that the client sends and asks for. */
export function uuidMessage(id: string): SharedMessages.UUID {
  return new shared.UUID().setString(id);
}
