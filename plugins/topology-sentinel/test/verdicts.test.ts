import { formatEndpoint } from '@shardmux/plugin-api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SentinelView } from '../src/sentinel-view.js';
import { Verdicts } from '../src/verdicts.js';

const at = (host: string) => ({ kind: 'tcp', host, port: 1 }) as const;

/** What one of three Sentinels says. @param replicas a host per letter. */
function says(epoch: number, primary: string, replicas = ''): SentinelView {
  const others = [at('sentinel1'), at('sentinel2')];
  const master = { epoch, primary: at(primary), replicas: [...replicas].map(at), others };
  return { id: '', masters: new Map([['shard', master]]) };
}

const KNOWS_NOTHING: SentinelView = { id: '', masters: new Map() };

/** What is in force after each of several times that views came in: the primary's host. */
function primaries(...rounds: readonly (readonly SentinelView[])[]): unknown[] {
  const verdicts = new Verdicts();
  return rounds.map((views) => verdicts.on('shard', views)?.primary.host);
}

test('the highest epoch counts, though one alone says it', () => {
  expect(primaries([says(1, 'old'), says(2, 'new'), says(1, 'old')])).toEqual(['new']);
});

test('who is cut off does not move the pool back, though nobody else answers any more', () => {
  expect(primaries([says(2, 'new')], [says(1, 'old')], [], [says(1, 'old')])).toEqual(Array(4).fill('new'));
});

test('an older epoch counts where most Sentinels say it and none a later one', () => {
  const anew = says(0, 'other');
  expect(primaries([says(2, 'new')], [anew, says(2, 'new'), anew], [anew, anew])).toEqual([
    'new',
    'new',
    'other',
  ]);
});

test('of one epoch, what most say', () => {
  expect(primaries([says(0, 'a'), says(0, 'b'), says(0, 'b')])).toEqual(['b']);
});

test('what was known stays where nobody knows any more', () => {
  expect(primaries([KNOWS_NOTHING], [says(0, 'a'), KNOWS_NOTHING], [KNOWS_NOTHING])).toEqual([
    undefined,
    'a',
    'a',
  ]);
});

test('replicas are those that most count as good of the Sentinels that are up to date, in one order', () => {
  const verdict = new Verdicts().on('shard', [
    says(1, 'p', 'ba'),
    says(1, 'p', 'cb'),
    says(1, 'p', 'a'),
    says(0, 'a', 'pcb'),
  ]);
  expect(verdict?.replicas.map(({ host }) => host)).toEqual(['a', 'b']);
});

test('as long as one that knows best answers, epochs never fall, whoever else is cut off', () => {
  const rounds = fc.array(fc.array(fc.nat(5), { maxLength: 1 }), { minLength: 1 });
  fc.assert(
    fc.property(rounds, (epochs) => {
      const verdicts = new Verdicts();
      let highest = -1;
      for (const round of epochs) {
        const verdict = verdicts.on(
          'shard',
          round.map((epoch) => says(epoch, `p${epoch}`)),
        );
        highest = Math.max(highest, ...round);
        expect(verdict && formatEndpoint(verdict.primary)).toBe(highest < 0 ? null : `p${highest}:1`);
      }
    }),
  );
});
