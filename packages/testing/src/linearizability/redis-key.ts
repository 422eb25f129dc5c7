import type { Model, Step } from './model.js';

const INTEGER = /^(0|-?[1-9]\d{0,14})$/;
const NOT_AN_INTEGER = 'ERR value is not an integer or out of range';

/**
 * One string key of Redis, under GET, SET, SET … NX, DEL and INCR; `null`: there is none. Integers have 15 digits at
 * most, and an error as reply is its text.
 */
export const redisKey: Model<string | null> = {
  initial: null,
  apply(state, [name, , value, condition]) {
    switch (name) {
      case 'GET':
        return { state, reply: state };
      case 'SET':
        return condition === 'NX' && state !== null ? { state, reply: null } : { state: value!, reply: 'OK' };
      case 'DEL':
        return { state: null, reply: state === null ? 0 : 1 };
      case 'INCR':
        return incremented(state);
      default:
        throw new TypeError(`the model knows no ${name}`);
    }
  },
  isRead([name], reply) {
    return name === 'GET' || (name === 'SET' && reply === null) || (name === 'DEL' && reply === 0);
  },
};

function incremented(state: string | null): Step<string | null> {
  if (!INTEGER.test(state ?? '0')) return { state, reply: NOT_AN_INTEGER };
  const reply = Number(state) + 1;
  return { state: String(reply), reply };
}
