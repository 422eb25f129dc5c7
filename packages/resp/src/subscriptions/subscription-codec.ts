import { type SubscriptionCodec, SubscriptionKind } from '@shardmux/plugin-api';
import { ascii } from '../ascii.js';
import { encodeCommand } from '../request/encode-command.js';
import { RespSubscriptionReader } from './subscription-reader.js';

/** What is put before SUBSCRIBE and UNSUBSCRIBE, by kind. */
export const kindPrefixes = ['', 'p', 's'] as const;

/** Each server tells of its own keys. */
const notifications = ['__keyspace@', '__keyevent@'].map(ascii);

/** In RESP2, which any server speaks: messages of RESP3 differ in their first byte. */
export const respSubscriptions: SubscriptionCodec = {
  subscribe: (kind, name) => encodeCommand(`${kindPrefixes[kind]}subscribe`, name),
  unsubscribe: (kind, name) => encodeCommand(`${kindPrefixes[kind]}unsubscribe`, name),
  comesFromAll(kind, name) {
    if (kind !== SubscriptionKind.channel) return kind === SubscriptionKind.pattern;
    return notifications.some((start) => start.every((byte, i) => name[i] === byte));
  },
  createReader: () => new RespSubscriptionReader(),
};
