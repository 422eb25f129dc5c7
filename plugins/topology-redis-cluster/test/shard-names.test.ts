import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClusterView, MemberView } from '../src/cluster-view.js';
import { ShardNames } from '../src/shard-names.js';

const member = (id: string): MemberView => ({
  id,
  address: { kind: 'tcp', host: id, port: 1 },
  isOnline: true,
});

/** A shard per word: its primary, then its replicas. One after a `-` has no slots. */
function view(...words: readonly string[]): ClusterView {
  const shards = words.map((word, i) => {
    const [primary, ...replicas] = word.replace('-', '');
    const slots = word.startsWith('-') ? [] : [{ first: i, last: i }];
    return { slots, primary: member(primary), replicas: replicas.map(member) };
  });
  return { from: member('a').address, isUp: true, epoch: 1, shards };
}

test('a shard is called by its first primary, and its name goes with its replicas', () => {
  const names = new ShardNames();
  expect(names.name(view('ab', 'cd'))).toEqual(['a', 'c']);
  expect(names.name(view('c', 'ba'))).toEqual(['c', 'a']);
  expect(names.name(view('be', 'cd'))).toEqual(['a', 'c']);
  expect(names.name(view('dc', 'e'))).toEqual(['c', 'a']);
});

test('who led a shard keeps its name when one of its replicas leads another', () => {
  const names = new ShardNames();
  names.name(view('ab'));
  expect(names.name(view('b', 'a'))).toEqual(['b', 'a']);
});

test('a server whose id is the name of the shard that it left has another one', () => {
  const names = new ShardNames();
  names.name(view('ab'));
  names.name(view('ba'));
  expect(names.name(view('a', 'b'))).toEqual(['a+', 'a']);
});

test('who lost its slots takes its name back with them', () => {
  const names = new ShardNames();
  names.name(view('ab'));
  expect(names.name(view('b', '-a'))).toEqual(['a', 'a+']);
  expect(names.name(view('ab'))).toEqual(['a']);
});

test('who leads again before it was seen to follow has the name back, and not who has lost the slots to it', () => {
  const names = new ShardNames();
  names.name(view('ab'));
  expect(names.name(view('b'))).toEqual(['a']);
  expect(names.name(view('-b', 'a'))).toEqual(['b', 'a']);
});

test('whatever happens to a cluster, no two shards have one name, and nothing changes where nothing happens', () => {
  const servers = fc.shuffledSubarray([...'abcdefgh'], { minLength: 1 });
  const cluster = fc
    .tuple(servers, fc.integer({ min: 1, max: 4 }))
    .map(([ids, size]) =>
      Array.from({ length: Math.ceil(ids.length / size) }, (_, i) =>
        ids.slice(i * size, (i + 1) * size).join(''),
      ),
    );
  fc.assert(
    fc.property(fc.array(cluster, { minLength: 1, maxLength: 8 }), (history) => {
      const names = new ShardNames();
      for (const words of history) {
        const given = names.name(view(...words));
        expect(new Set(given).size).toBe(words.length);
        expect(names.name(view(...words))).toEqual(given);
      }
    }),
  );
});
