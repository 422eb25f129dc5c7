import { Arena } from './bytes/arena.js';
import { SlabWriter } from './bytes/slab-writer.js';
import { RequestPool } from './request/request-pool.js';
import { Turn } from './turn.js';

/** What all pools of one process share: the turn of the event loop, and memory at rest. */
export class Engine {
  readonly turn: Turn;
  readonly arena = new Arena();
  /** Replies that came before their turn. */
  readonly held = new SlabWriter(this.arena);
  readonly requests = new RequestPool();

  constructor(turn = new Turn()) {
    this.turn = turn;
  }
}
