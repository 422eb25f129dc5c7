import { inject } from 'vitest';

declare module 'vitest' {
  /** What `npm run chaos` is told. */
  interface ProvidedContext {
    readonly chaos?: { readonly seed: number; readonly minutes: number };
  }
}

const told = inject('chaos');

/** In the name of each test: `npm run chaos -- --seed …` plays a failure again, as far as the machine lets it. */
export const SEED = told?.seed ?? Math.floor(Math.random() * 2 ** 31);

/** How long a scenario goes on, in ms. @param short as long as that in `npm test`. */
export function durationOf(short: number): number {
  return told === undefined ? short : told.minutes * 60_000;
}

/** How often what a scenario measures is measured. @param short how often in `npm test`. */
export function timesOf(short: number): number {
  return told === undefined ? short : 10;
}
