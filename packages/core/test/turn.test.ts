import { expect, test } from 'vitest';
import { Turn } from '../src/turn.js';

const endOfTurn = () => new Promise((resolve) => setImmediate(resolve));

test('flushes what was scheduled once, in order, at the end of the turn', async () => {
  const turn = new Turn();
  const flushed: string[] = [];
  turn.schedule({ flush: () => flushed.push('a') });
  turn.schedule({ flush: () => flushed.push('b') });
  expect(flushed).toEqual([]);
  await endOfTurn();
  expect(flushed).toEqual(['a', 'b']);
  await endOfTurn();
  expect(flushed).toEqual(['a', 'b']);
});

test('what a flush schedules belongs to the same turn, before the transport is flushed', async () => {
  const turn = new Turn();
  const flushed: string[] = [];
  turn.onFlushed(() => flushed.push('transport'));
  turn.schedule({ flush: () => turn.schedule({ flush: () => flushed.push('inner') }) });
  await endOfTurn();
  expect(flushed).toEqual(['inner', 'transport']);
});

test('reads the clock once per turn', async () => {
  let reads = 0;
  const turn = new Turn(() => ++reads);
  expect([turn.now, turn.now]).toEqual([1, 1]);
  await endOfTurn();
  expect(turn.now).toBe(2);
});
