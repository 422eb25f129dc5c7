/**
 * Client-side caching: CLIENT TRACKING, CACHING and what tells of them.
 *
 *   TRACKING ON ──► tried on a private link: the server says what is wrong with it
 *              ├──► REDIRECT: connections that hear of what is read on the own links
 *              └──► own links to all servers, on which from here on every command goes
 *   CACHING yes ──► sent before the next command, to the servers of its keys
 */
import type { Answer, Errand, ErrandHost, Run } from '@shardmux/plugin-api';
import { ascii, MINUS } from '../../ascii.js';
import type { RespCommandSpec } from '../../commands/command-spec.js';
import { isWord } from '../../commands/words.js';
import { errorReply } from '../../error-reply.js';
import { probe } from '../../handshake.js';
import { decodeWhole } from '../../request/decode-whole.js';
import { encodeCommand } from '../../request/encode-command.js';
import type { RespCommand } from '../../request/resp-command.js';
import { bytesOf, keysOf } from '../arguments.js';
import type { ClientState } from '../client-state.js';
import type { ClientOrder } from '../clients/client-orders.js';
import { errand, ownerOfAll } from '../errand.js';
import type { LocalCommands } from '../local-command.js';
import type { RealmState } from '../realm-state.js';
import { array, bulk, integer, map, ok, set, syntaxError } from '../replies.js';
import { Redirection } from './redirection.js';
import { type Caching, Tracking } from './tracking.js';
import {
  noSuchClient,
  readTrackingOptions,
  type TrackingOptions,
  withPrefixesOf,
} from './tracking-options.js';

const [on, off, yes, no] = ['on', 'off', 'yes', 'no'].map(ascii);

const elsewhere = errorReply(
  "ERR 'client|tracking' with REDIRECT is not supported by shardmux to a client that another worker serves",
);
const notTracking = errorReply(
  'ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled',
);
const notOptIn = errorReply('ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.');
const notOptOut = errorReply('ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.');

export const trackingCommands: LocalCommands = {
  'client|tracking'(conversation, command) {
    const { conversations, peers } = conversation.realm;
    const options = readTrackingOptions(command, (id) => conversations.has(id) || (peers !== null && id > 0));
    if (options instanceof Uint8Array) return options;
    if (isWord(command, 2, on)) return turnOn(conversation, command, options);
    return isWord(command, 2, off) ? turnOff(conversation, command) : syntaxError;
  },

  'client|caching'({ tracking }, command) {
    const caching = isWord(command, 2, yes) ? 'yes' : isWord(command, 2, no) ? 'no' : null;
    if (tracking === null) return notTracking;
    if (caching === null) return syntaxError;
    if (caching === 'yes' && !tracking.options.optsIn) return notOptIn;
    if (caching === 'no' && !tracking.options.optsOut) return notOptOut;
    tracking.caching = caching;
    return ok;
  },

  'client|getredir': ({ tracking }) => integer(tracking === null ? -1 : tracking.options.redirect),

  'client|trackinginfo'({ tracking, protocol }) {
    const { redirect = -1, prefixes = [] } = tracking?.options ?? {};
    return map(protocol, [
      [text('flags'), set(protocol, flagsOf(tracking).map(text))],
      [text('redirect'), integer(redirect)],
      [text('prefixes'), array([...prefixes].sort(Buffer.compare).map(bulk))],
    ]);
  },
};

function text(value: string): Uint8Array {
  return bulk(ascii(value));
}

function flagsOf(tracking: Tracking | null): string[] {
  if (tracking === null) return ['off'];
  const { caching, isBroken, options } = tracking;
  const flags = {
    bcast: options.isBroadcast,
    optin: options.optsIn,
    'caching-yes': caching === 'yes',
    optout: options.optsOut,
    'caching-no': caching === 'no',
    noloop: options.noLoop,
    broken_redirect: isBroken,
  };
  return ['on', ...Object.entries(flags).flatMap(([name, isSet]) => (isSet ? [name] : []))];
}

function turnOn(conversation: ClientState, command: RespCommand, options: TrackingOptions): Answer {
  return errand(command.spec, async (host) => {
    const stranger = await faultOf(conversation.realm, options.redirect);
    if (stranger !== null) return stranger;
    const reply = await trial(host, options);
    return reply[0] === MINUS ? reply : track(conversation, options, host);
  });
}

/** Why a client cannot be told; `null`: it can. */
async function faultOf(
  { conversations, peers }: RealmState<ClientState>,
  id: number,
): Promise<Uint8Array | null> {
  if (id === 0 || conversations.has(id)) return null;
  const order: ClientOrder = { kind: 'list', type: null, ids: [id] };
  const lines = (await peers?.ask(order)) ?? [];
  return lines.some((line) => line !== '') ? elsewhere : noSuchClient;
}

/** In the state that the client is in: what it has on already counts. */
async function trial(host: ErrandHost, { words }: TrackingOptions): Promise<Uint8Array> {
  const link = host.nodes[0].lease();
  try {
    return await link.ask(encodeCommand('CLIENT', 'TRACKING', 'ON', ...words));
  } finally {
    link.close();
  }
}

/** It is on when every server knows; one that cannot be reached has told the client nothing that could change. */
async function track(
  conversation: ClientState,
  options: TrackingOptions,
  host: ErrandHost,
): Promise<Uint8Array> {
  const earlier = conversation.tracking;
  const all = withPrefixesOf(options, earlier?.options ?? null);
  const known = earlier?.redirection ?? null;
  const redirection = all.redirect === 0 ? null : (known ?? new Redirection(conversation));
  const tracking = new Tracking(conversation, all, redirection);
  try {
    await redirection?.reach(host.nodes);
    conversation.tracking = tracking;
    host.useLinks(conversation.linksFor(conversation.links?.database ?? null));
  } catch (error) {
    conversation.tracking = earlier;
    if (redirection !== known) redirection?.close();
    throw error;
  }
  if (known !== redirection) known?.close();
  await askAll(host);
  // What servers knew by then went with the connections that were before these.
  if (earlier !== null) tracking.onLost();
  return ok;
}

/** Resolves when every server that can be reached has answered. */
async function askAll({ nodes }: ErrandHost): Promise<void> {
  await Promise.allSettled(nodes.map((node) => node.ask(probe)));
}

function turnOff(conversation: ClientState, command: RespCommand): Answer {
  const { tracking } = conversation;
  if (tracking === null) return ok;
  return errand(command.spec, async (host) => {
    // What servers have told by now is on its way.
    await Promise.all([askAll(host), tracking.redirection?.settle()]);
    tracking.redirection?.close();
    conversation.tracking = null;
    host.useLinks(conversation.linksFor(conversation.links?.database ?? null));
    return ok;
  });
}

/** A command whose keys are to be remembered, or are not to be. */
export function withCaching(command: RespCommand, caching: Caching): Errand {
  const bytes = bytesOf(command);
  const keys = keysOf(command);
  return errand(command.spec, async (host) => {
    const owners = new Map(keys.map((key) => host.ownerOf(key)).map((owner) => [owner.name, owner]));
    const said = [...owners.values()].map((owner) => owner.ask(encodeCommand('CLIENT', 'CACHING', caching)));
    const [reply] = await Promise.all([host.dispatch(decodeWhole(bytes)), ...said]);
    return reply;
  });
}

/** Likewise a transaction, all of whose keys have one owner. */
export function runWithCaching(run: Run, spec: RespCommandSpec, caching: Caching): Errand {
  const keys = keysOf(run);
  return errand(spec, async (host) => {
    const owner = keys.length === 0 ? host.nodes[0] : ownerOfAll(host, keys);
    const said = owner.ask(encodeCommand('CLIENT', 'CACHING', caching));
    const [reply] = await Promise.all([owner.ask(run.bytes.subarray(run.start, run.end), run.replies), said]);
    return reply;
  });
}
