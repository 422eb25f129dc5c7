import { SLAB_SIZE, type Slab } from '../bytes/slab.js';
import { SlabWriter } from '../bytes/slab-writer.js';
import type { Engine } from '../engine.js';
import type { Request } from '../request/request.js';
import type { Flushable, Turn } from '../turn.js';
import type { InFlight } from './in-flight.js';
import type { ServerConnection } from './server-connection.js';

/**
 * The bytes of a link's requests: they stay until they are answered, since they may have to be sent again.
 *
 *   reserve ──► filled by the caller ──► schedule ──► flush ──► kept ──► release
 *                                                       └─ the transport still reads from it ──► drained
 */
export class Outbox implements Flushable {
  readonly #turn: Turn;
  readonly #slabs: SlabWriter;
  readonly #inFlight: InFlight;
  readonly #connection: ServerConnection;
  #scheduled = false;

  constructor({ turn, arena }: Engine, inFlight: InFlight, connection: ServerConnection) {
    this.#turn = turn;
    this.#slabs = new SlabWriter(arena);
    this.#inFlight = inFlight;
    this.#connection = connection;
  }

  /** Makes room for `request.bytes[start, end)`. */
  reserve(request: Request, length: number): void {
    const slab = this.#slabs.reserve(length);
    request.slab = slab;
    request.bytes = slab.bytes;
    request.end = slab.fill;
    request.start = slab.fill - length;
  }

  release(slab: Slab): void {
    this.#slabs.release(slab);
  }

  /** Something is to be written: at the end of the turn, or at once where it is much. */
  schedule(): void {
    if (this.#inFlight.unsentBytes >= SLAB_SIZE) {
      this.#write();
    } else if (!this.#scheduled) {
      this.#scheduled = true;
      this.#turn.schedule(this);
    }
  }

  flush(): void {
    this.#scheduled = false;
    this.#write();
  }

  /** Requests that follow each other in one slab leave by one write. */
  #write(): void {
    const { channel } = this.#connection;
    if (channel === null) return;
    let request = this.#inFlight.unsent;
    while (request !== null) {
      const bytes = request.bytes as Buffer;
      const start = request.start;
      let end = request.end;
      request = request.nextInLink;
      while (request !== null && request.bytes === bytes && request.start === end) {
        end = request.end;
        request = request.nextInLink;
      }
      if (!channel.write(bytes, start, end)) this.#slabs.pin();
    }
    this.#inFlight.allSent();
  }

  /** The transport reads no more from what was written. */
  drained(): void {
    this.#slabs.unpin();
  }
}
