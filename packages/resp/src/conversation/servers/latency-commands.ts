/** What servers note of their latency, as that of one. */
import { RespReplyReader } from '../../reply/reader.js';
import type { LocalCommands } from '../local-command.js';
import { array, bulk, integer } from '../replies.js';
import { asksEvery } from './every-server.js';
import { mergeStats, writeStats } from './stats.js';
import { texts } from './texts.js';

type Latest = [event: string, second: number, latest: number, max: number];
type Sample = [second: number, ms: number];

const PLAIN = { buffers: false, stringNumbers: false };

export const latencyCommands: LocalCommands = {
  'latency|doctor': texts,
  'latency|graph': texts,
  'latency|histogram': asksEvery(
    () =>
      (replies, { protocol }) =>
        writeStats(mergeStats(replies), protocol),
  ),

  /** In the order of time. */
  'latency|history': asksEvery(() => (replies) => {
    const samples = elementsOf<Sample>(replies).sort(([a], [b]) => a - b);
    return array(samples.map((sample) => array(sample.map(integer))));
  }),

  /** Of each event the latest of all servers, and the worst of all. */
  'latency|latest': asksEvery(() => (replies) => {
    const events = new Map<string, Latest>();
    for (const latest of elementsOf<Latest>(replies)) {
      const known = events.get(latest[0]) ?? latest;
      const [event, second, ms] = latest[1] > known[1] ? latest : known;
      events.set(event, [event, second, ms, Math.max(latest[3], known[3])]);
    }
    return array(
      Array.from(events.values(), ([event, ...numbers]) =>
        array([bulk(Buffer.from(event)), ...numbers.map(integer)]),
      ),
    );
  }),
};

function elementsOf<Element>(replies: readonly Buffer[]): Element[] {
  const reader = new RespReplyReader();
  return replies.flatMap((reply) => reader.read(reply, 0, reply.length, PLAIN) as Element[]);
}
