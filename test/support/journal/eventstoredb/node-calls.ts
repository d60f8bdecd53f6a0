// What the client asks a server about itself: which methods it has, and, for discovery, which servers there
// are.
import type { handleUnaryCall } from '@grpc/grpc-js';
import {
  features,
  gossip,
  uuidMessage,
  type FeatureMessages,
  type GossipMessages,
  type SharedMessages,
} from './messages.ts';
import type { ServerNode } from './node.ts';
import { refusals } from './refusals.ts';

const VERSION = '23.10.6';
/** Methods by service, with the features of each, as version 23.10 reports them. */
const METHODS: Record<string, Record<string, string[]>> = {
  'event_store.client.streams.streams': {
    read: ['position', 'events'],
    append: [],
    delete: [],
    tombstone: [],
    batchappend: ['deadline_duration'],
  },
  'event_store.client.gossip.gossip': { read: [] },
  'event_store.client.server_features.serverfeatures': { getsupportedmethods: [] },
};

export function supportedMethodsCall(
  node: ServerNode,
): handleUnaryCall<SharedMessages.Empty, FeatureMessages.SupportedMethods> {
  return (call, callback) => {
    node.count('GetSupportedMethods')();
    if (node.caller(call.metadata) === 'rejected') {
      callback(refusals.unauthenticated());
      return;
    }
    const methods = Object.entries(METHODS).flatMap(([service, ofService]) =>
      Object.entries(ofService).map(([name, itsFeatures]) =>
        new features.SupportedMethod()
          .setServiceName(service)
          .setMethodName(name)
          .setFeaturesList(itsFeatures),
      ),
    );
    callback(
      null,
      new features.SupportedMethods().setEventStoreServerVersion(VERSION).setMethodsList(methods),
    );
  };
}

export function gossipCall(
  node: ServerNode,
): handleUnaryCall<SharedMessages.Empty, GossipMessages.ClusterInfo> {
  const instance = crypto.randomUUID();
  return (call, callback) => {
    node.count('Gossip')();
    if (node.caller(call.metadata) === 'rejected') {
      callback(refusals.unauthenticated());
      return;
    }
    const { host, port } = node.endpoint;
    const member = new gossip.MemberInfo()
      .setInstanceId(uuidMessage(instance))
      .setTimeStamp(`${BigInt(Date.now()) * 10_000n}`)
      .setState(gossip.MemberInfo.VNodeState.LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(port));
    callback(null, new gossip.ClusterInfo().setMembersList([member]));
  };
}
