import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InFlight } from '../src/dispatch/in-flight.js';
import { LostRequests } from '../src/dispatch/lost-requests.js';
import { Request } from '../src/request/request.js';
import type { Sender } from '../src/request/sender.js';

function request(length: number): Request {
  const made = new Request();
  made.end = length;
  return made;
}

test('keeps order and counts through any mix of pushes, sends and replies', () => {
  const operations = fc.array(fc.oneof(fc.nat(500), fc.constantFrom('send' as const, 'reply' as const)), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(operations, (script) => {
      const queue = new InFlight();
      const model: { request: Request; sent: boolean }[] = [];
      for (const step of script) {
        if (step === 'send') {
          queue.allSent();
          for (const entry of model) entry.sent = true;
        } else if (step !== 'reply') {
          const pushed = request(step);
          queue.push(pushed);
          model.push({ request: pushed, sent: false });
        } else if (model.length > 0) {
          expect(queue.shift()).toBe(model.shift()?.request);
        }
        const bytes = (entries: typeof model) => entries.reduce((sum, entry) => sum + entry.request.end, 0);
        const unsent = model.filter((entry) => !entry.sent);
        expect([queue.count, queue.bytes]).toEqual([model.length, bytes(model)]);
        expect([queue.unsentCount, queue.unsentBytes]).toEqual([unsent.length, bytes(unsent)]);
        expect(queue.unsent).toBe(unsent[0]?.request ?? null);
        expect(queue.awaitsReply).toBe(model.length > 0 && model[0].sent);
      }
    }),
  );
});

/** `r` reads, `w` writes; `|` stands before what was never written; digits name the session. */
function retried(script: string, retryReads: boolean): string {
  const sessions = new Map<string, Sender>();
  const queue = new InFlight();
  for (const token of script.split(' ')) {
    if (token === '|') {
      queue.allSent();
      continue;
    }
    const made = request(1);
    made.spec = { name: token, readonly: token[0] === 'r' };
    const session = sessions.get(token[1]) ?? ({ lastLostWrite: 99 } as Sender);
    sessions.set(token[1], session);
    made.sender = session;
    queue.push(made);
  }
  if (!script.includes('|')) queue.allSent();
  const lost = new LostRequests(queue, retryReads, 1);
  const kept: string[] = [];
  for (let r = lost.take(); r !== null; r = lost.take()) if (lost.mayRetry(r)) kept.push(r.spec?.name ?? '');
  expect(queue.count).toBe(0);
  return kept.join(' ');
}

test.each([
  ['what was written is not sent twice unless asked for', 'r1 w1 r1', false, ''],
  ['what was never written is sent', 'r1 | w1 r2', false, 'w1 r2'],
  ['reads are', 'r1 r2', true, 'r1 r2'],
  ['writes never are', 'w1 w2', true, ''],
  ['a read before a later write of its session is not', 'r1 w1', true, ''],
  ['a read after the last write is', 'w1 r1', true, 'r1'],
  ["another session's write does not matter", 'r1 w2 r1', true, 'r1 r1'],
  ['nor may a read overtake a write that is still to be sent', 'r1 | w1', true, 'w1'],
])('%s', (_, script, retryReads, expected) => {
  expect(retried(script, retryReads)).toBe(expected);
});
