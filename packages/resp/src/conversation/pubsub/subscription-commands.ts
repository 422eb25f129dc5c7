/** What a client listens to, and who listens. */
import { type Answer, type ErrandHost, SubscriptionKind } from '@shardmux/plugin-api';
import { MINUS } from '../../ascii.js';
import { readWhole } from '../../reply/whole-reply.js';
import type { RespCommand } from '../../request/resp-command.js';
import { argumentOf, bytesOf } from '../arguments.js';
import { errand } from '../errand.js';
import type { LocalCommand, LocalCommands } from '../local-command.js';
import { rejection } from '../rejection.js';
import { array, bulk, integer } from '../replies.js';
import { Listening } from './listening.js';

function subscribing(kind: SubscriptionKind): LocalCommand {
  return (conversation, command) => {
    if (!conversation.realm.subscribes) return rejection(command);
    const names = namesIn(command, 1);
    conversation.listening ??= new Listening(conversation);
    const { listening } = conversation;
    return errand(command.spec, (host) =>
      listening.change(host, (membership) => membership.subscribe(kind, names)),
    );
  };
}

function unsubscribing(kind: SubscriptionKind): LocalCommand {
  return (conversation, command): Answer => {
    if (!conversation.realm.subscribes) return rejection(command);
    const listening = conversation.listening ?? new Listening(conversation);
    const names = command.argCount > 1 ? namesIn(command, 1) : listening.names(kind);
    if (names.length === 0) return listening.unsubscription(kind, null);
    if (listening.total === 0)
      return Buffer.concat(names.map((name) => listening.unsubscription(kind, name)));
    return errand(command.spec, (host) =>
      listening.change(host, (membership) => membership.unsubscribe(kind, names)),
    );
  };
}

type Gather = (answers: readonly unknown[], host: ErrandHost, names: readonly Uint8Array[]) => Uint8Array;

/** What every server answers, made one; an error of any of them is the reply. */
function gathering(gather: Gather): LocalCommand {
  return (_, command) => {
    const request = bytesOf(command);
    const names = namesIn(command, 2);
    return errand(command.spec, async (host) => {
      const replies = await Promise.all(host.nodes.map((node) => node.ask(request)));
      const error = replies.find(([type]) => type === MINUS);
      if (error !== undefined) return error;
      const answers = replies.map((reply) => readWhole(reply, { buffers: true }));
      return gather(answers, host, names);
    });
  };
}

/** All names that any server has. */
const channels = gathering((answers) => {
  const names = answers.flat() as Buffer[];
  return array([...new Map(names.map((name) => [name.toString('latin1'), bulk(name)])).values()]);
});

/**
 * To a server all clients of this process are one: it is taken out of the server's number, and they are put in.
 * Those of other processes count as one each.
 */
function counting(kind: SubscriptionKind): LocalCommand {
  return gathering((answers, { subscriptions }, names) => {
    const lists = answers as number[][];
    const counts = names.map((name, i) => {
      const { subscribers, links } = subscriptions.audienceOf(kind, name);
      const onServers = lists.reduce((sum, list) => sum + list[2 * i + 1], 0);
      return subscribers + Math.max(0, onServers - links);
    });
    return array(names.flatMap((name, i) => [bulk(name), integer(counts[i])]));
  });
}

/** Every server has all patterns, but for those that others subscribed to at one server alone. */
const patterns = gathering((answers) => integer(Math.max(0, ...(answers as number[]))));

export const subscriptionCommands: LocalCommands = {
  subscribe: subscribing(SubscriptionKind.channel),
  psubscribe: subscribing(SubscriptionKind.pattern),
  ssubscribe: subscribing(SubscriptionKind.shardChannel),
  unsubscribe: unsubscribing(SubscriptionKind.channel),
  punsubscribe: unsubscribing(SubscriptionKind.pattern),
  sunsubscribe: unsubscribing(SubscriptionKind.shardChannel),
  'pubsub|channels': channels,
  'pubsub|shardchannels': channels,
  'pubsub|numsub': counting(SubscriptionKind.channel),
  'pubsub|shardnumsub': counting(SubscriptionKind.shardChannel),
  'pubsub|numpat': patterns,
};

function namesIn(command: RespCommand, first: number): Uint8Array[] {
  return Array.from({ length: command.argCount - first }, (_, i) => argumentOf(command, first + i));
}
