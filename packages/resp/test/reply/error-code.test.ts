import { expect, it } from 'vitest';
import { errorCode } from '../../src/reply/error-code.js';

it.each([
  ['-WRONGTYPE a\r\n', 'WRONGTYPE'],
  ['-key is not there\r\n', 'ERR'],
  ['!11\r\nWRONGTYPE a\r\n', 'WRONGTYPE'],
  ['!5\r\nNOSUCH\r\n', 'ERR'],
  ['|1\r\n+a\r\n*1\r\n+b\r\n|0\r\n-NOSCRIPT no\r\n', 'NOSCRIPT'],
  ['|0\r\n!6\r\nBUSY a\r\n', 'BUSY'],
])('the code of %j is %s', (text, code) => {
  const bytes = Buffer.from(`+OK\r\n${text}`);
  expect(errorCode(bytes, 5, bytes.length)).toBe(code);
});
