import { describe, expect, it } from 'vitest';
import { parseOptions } from '../src/options.js';

describe('parseOptions', () => {
  it('is about the proxy where nothing is said', () => {
    expect(parseOptions([])).toEqual({ bench: 'proxy', rounds: 7, cases: null, against: null });
  });

  it('takes a bench, before or after its options', () => {
    const options = { bench: 'client', rounds: 3, cases: ['calls-1', 'calls-50'], against: 'HEAD~1' };
    const flags = ['--rounds', '3', '--case', 'calls-1', '--case', 'calls-50', '--against', 'HEAD~1'];
    expect(parseOptions(['client', ...flags])).toEqual(options);
    expect(parseOptions([...flags, 'client'])).toEqual(options);
  });

  it.each([
    [['server'], /no bench "server"/],
    [['client', 'proxy'], /no bench "client proxy"/],
    [['--rounds', '0'], /--rounds takes/],
    [['--rounds', 'many'], /--rounds takes/],
    [['--pace', '1'], /--pace/],
    [['telemetry', '--against', 'HEAD'], /takes no --against/],
  ])('refuses %j, and says what there is', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
    expect(() => parseOptions(args)).toThrow(/npm run bench .*--case NAME/s);
    expect(() => parseOptions(args)).toThrow(expect.objectContaining({ code: 'SHARDMUX_BENCH_USAGE' }));
  });
});
