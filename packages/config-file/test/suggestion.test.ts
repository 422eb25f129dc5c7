import { expect, test } from 'vitest';
import { mustBeOneOf } from '../src/suggestion.js';

test.each([
  ['hashes', ['hash', 'listen'], 'hash'],
  ['lisen', ['hash', 'listen'], 'listen'],
  ['fnv1a64', ['fnv1_64', 'fnv1a_64'], 'fnv1a_64'],
  ['server_connections', ['serverConnections', 'servers'], 'serverConnections'],
  ['HASHTAG', ['hash', 'hashTag'], 'hashTag'],
])('%s is meant for one of %j', (found, allowed, meant) => {
  expect(mustBeOneOf(found, allowed)).toBe(`must be one of ${allowed.join(', ')}; did you mean ${meant}?`);
});

test.each(['', 'zookeeper', 'xxxx'])('"%s" is meant for none', (found) => {
  expect(mustBeOneOf(found, ['hash', 'listen'])).toBe('must be one of hash, listen');
});
