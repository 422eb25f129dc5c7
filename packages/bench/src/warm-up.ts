// The first guesses the speed for the second, which warms up the compiler of V8 and tells the speed well.
const WARM_UP_TIMES = [0.2, 1];
const FIRST_GUESS = 20_000;

/**
 * Warms a side up, and finds how many requests fill one measured run.
 *
 * @param load sends so many requests and returns how many it did per second.
 * @param runTime of a measured run, in seconds.
 */
export async function warmUp(load: (requests: number) => Promise<number>, runTime: number): Promise<number> {
  let speed = FIRST_GUESS;
  for (const time of WARM_UP_TIMES) speed = await load(Math.ceil(speed * time));
  return Math.ceil(speed * runTime);
}
