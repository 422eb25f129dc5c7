import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Scripts } from '../../src/conversation/scripts/scripts.js';
import { decodeWhole } from '../../src/request/decode-whole.js';
import { encodeCommand } from '../../src/request/encode-command.js';

function learn(scripts: Scripts, body: string) {
  return scripts.learn(decodeWhole(encodeCommand('EVAL', body, '0')), 1);
}

function find(scripts: Scripts, body: string) {
  const digits = createHash('sha1').update(body).digest('hex');
  return scripts.find(decodeWhole(encodeCommand('EVALSHA', digits, '0')), 1);
}

test('what came is found, and nothing else', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.array(text), fc.array(text), (bodies, others) => {
      const scripts = new Scripts();
      for (const body of bodies) expect(learn(scripts, body)).toBe(learn(scripts, body));
      for (const body of [...bodies, ...others]) {
        const found = find(scripts, body);
        expect(found?.body.toString() ?? null).toBe(bodies.includes(body) ? body : null);
      }
    }),
  );
});

test('what did not pass lately makes room', () => {
  const scripts = new Scripts(10_000);
  const bodies = Array.from({ length: 100 }, (_, i) => `return ${i}`);
  learn(scripts, 'return "used"');
  for (const body of bodies) {
    learn(scripts, body);
    expect(find(scripts, 'return "used"')).not.toBeNull();
  }
  const kept = bodies.filter((body) => find(scripts, body) !== null);
  expect(kept.length).toBeGreaterThan(10);
  expect(kept.length).toBeLessThan(20);
  expect(kept).toContain('return 99');
});

test('what is larger than all that may be kept is not, and drives nothing out', () => {
  const scripts = new Scripts(10_000);
  learn(scripts, 'return 1');
  expect(learn(scripts, `return "${'x'.repeat(10_000)}"`)).toBeNull();
  expect(find(scripts, 'return 1')).not.toBeNull();
});

test('what was forgotten comes anew', () => {
  const scripts = new Scripts();
  const before = learn(scripts, 'return 1');
  scripts.clear();
  expect(find(scripts, 'return 1')).toBeNull();
  expect(learn(scripts, 'return 1')).not.toBe(before);
});
