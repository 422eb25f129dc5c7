import type { Failure } from '@shardmux/plugin-api';
import { errorReply } from './error-reply.js';

/** Each begins as Twemproxy's reply does, so that clients which know those go on to understand ours. */
const replies: Readonly<Record<Failure, Uint8Array>> = {
  refused: errorReply('ERR Connection refused'),
  timeout: errorReply('ERR Connection timed out'),
  closed: errorReply('ERR unknown (server closed the connection, the outcome is unknown)'),
  unresolved: errorReply('ERR Host is down'),
  garbage: errorReply('ERR Invalid argument (malformed reply from server)'),
  crossSlot: errorReply("CROSSSLOT Keys in request don't hash to the same slot"),
  overflow: errorReply('ERR Too many requests wait for the server'),
  misrouted: errorReply('ERR No server was found for the key (a plugin of the pool is broken)'),
  privateLinks: errorReply('ERR too many clients use server connections of their own (maxPrivateLinks)'),
  noReplica: errorReply('ERR No replica is fit to be read from'),
  broken: errorReply('ERR shardmux could not serve the command; its log says why'),
  maxClients: errorReply('ERR max number of clients reached'),
};

export function failureReply(failure: Failure): Uint8Array {
  return replies[failure];
}
