/** What servers note of their latency, as that of one. */
import { readWhole } from '../../reply/whole-reply.js';
import type { LocalCommands } from '../local-command.js';
import { array, bulk, integer } from '../replies.js';
import { asksEvery } from './every-server.js';
import { mergeStats, writeStats } from './stats.js';
import { texts } from './texts.js';

type Latest = [event: string, second: number, latest: number, max: number];
type Sample = [second: number, ms: number];

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
  return replies.flatMap((reply) => readWhole(reply) as Element[]);
}
