import fc from 'fast-check';
import { expect, it } from 'vitest';
import { connectRaw, redisKey, startRedis } from '../../src/index.js';
import { CALLS, type Call } from './histories.js';

const MAX_CALLS = 30;

/** So large that no number of calls makes it too large for the model. */
const LARGE = String(999_999_999_999_999 - MAX_CALLS);

const call = fc.oneof(
  fc.constantFrom(...CALLS),
  fc.constantFrom('-1', '0', '07', '+1', ' 1', '1.0', '', LARGE).map((value) => ['SET', 'k', value]),
);

it('answers as a real Redis does, and what it calls a read changes nothing', async () => {
  const redis = await startRedis();
  const client = await connectRaw(redis.endpoint, { strings: true });
  try {
    const property = fc.asyncProperty(fc.array(call, { maxLength: MAX_CALLS }), async (calls: Call[]) => {
      const replies = await client.pipeline([['DEL', 'k'], ...calls]);
      let state = redisKey.initial;
      for (const [i, each] of calls.entries()) {
        const step = redisKey.apply(state, each);
        const reply = replies[i + 1];
        expect(step.reply).toBe(reply instanceof Error ? reply.message : reply);
        if (redisKey.isRead(each, step.reply)) expect(step.state).toBe(state);
        state = step.state;
      }
    });
    await fc.assert(property, { numRuns: 500 });
  } finally {
    await client.close();
    await redis.stop();
  }
});
