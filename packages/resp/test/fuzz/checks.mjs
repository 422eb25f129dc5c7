/**
 * What must hold for any bytes at all. Each check runs an input whole, then in random pieces between which the
 * bytes move to other places, and wants the same outcome of both.
 */
import assert from 'node:assert/strict';

const INCOMPLETE = 0;
const COMMAND = 1;
const SKIPPED = 2;
const MALFORMED = 3;

const FRAME_INCOMPLETE = -1;
const FRAME_MALFORMED = -2;

const OK = 0;

const REJECT = 0;
const SPLIT = 2;
const LOCAL = 4;

/** One command for every way in which replies are merged. */
const merging = ['MGET a', 'DEL a', 'MSET a 1', 'SCRIPT EXISTS a', 'KEYS *', 'RANDOMKEY', 'INFO'];

const limits = { maxArguments: 64, maxBulkLength: 536_870_912, maxInlineLength: 1024, maxKeyLength: 64 };

/** Bytes come through a window that shows more and more of them, at a new place each time. */
class Pieces {
  constructor(random) {
    this.random = random;
    this.stage = Buffer.alloc(8192);
  }

  /**
   * @param consume is given a range and returns how many of its bytes are done with, or -1 to stop.
   * @param inPieces false: the range is the whole input.
   */
  feed(bytes, length, inPieces, consume) {
    let start = 0;
    let end = inPieces ? 0 : length;
    for (;;) {
      const offset = inPieces ? this.random.below(64) : 0;
      const stage = inPieces ? this.stage : bytes;
      if (inPieces) bytes.copy(stage, offset, start, end);
      const used = consume(stage, offset, offset + end - start);
      if (used < 0) return;
      start += used;
      if (end === length) return;
      end = Math.min(length, end + 1 + this.random.below(32));
    }
  }
}

export class Checks {
  constructor(codec, random) {
    this.codec = codec;
    this.random = random;
    this.pieces = new Pieces(random);
    this.framer = codec.createFramer();
    this.reader = codec.createReader();
    this.out = Buffer.alloc(16_384);
    this.fragments = new Fragments(random);
    this.mergeSpecs = merging.map((line) => specOf(codec, line));
  }

  requests(bytes, length) {
    const password = this.random.below(4) === 0 ? 'secret' : null;
    const whole = this.decode(bytes, length, password, false);
    assert.equal(this.decode(bytes, length, password, true), whole, 'the pieces decode to something else');
  }

  replies(bytes, length) {
    const whole = this.frame(bytes, length, false);
    assert.equal(this.frame(bytes, length, true), whole, 'the pieces frame to something else');
  }

  /** Whatever the servers answer, what is merged is one whole reply within its bound, or nothing. */
  merges(bytes, length) {
    const { fragments, out } = this;
    const framer = this.codec.createFramer();
    fragments.reset(bytes);
    for (let at = 0; fragments.count < 3; ) {
      at = framer.frame(bytes, at, length);
      if (at < 0) break;
      fragments.add(at, framer.replyClass);
    }
    if (fragments.count < 2) return;
    fragments.deal(this.random.below(5));
    const spec = this.random.pick(this.mergeSpecs);
    const bound = this.codec.merger.mergedBound(spec, fragments);
    const end = this.codec.merger.merge(spec, fragments, out, 8);
    if (end < 0) return;
    assert.ok(end - 8 <= bound, 'the merged reply is longer than its bound');
    assert.equal(this.framer.frame(out, 8, end), end, 'what was merged is not one whole reply');
  }

  /** @returns a digest of all that was decoded. */
  decode(bytes, length, password, inPieces) {
    const conversation = conversationOf(this.codec, password);
    const decoder = this.codec.createDecoder(limits, conversation);
    let digest = 0;
    this.pieces.feed(bytes, length, inPieces, (stage, start, end) => {
      for (let at = start; ; at = decoder.consumed) {
        const status = decoder.decode(stage, at, end);
        if (status === INCOMPLETE) {
          assert.ok(decoder.expected > end - at, 'expected promises too little');
          return at - start;
        }
        digest = mix(digest, status);
        if (status === MALFORMED) {
          digest = mix(digest, this.checkReply(decoder.malformedReply));
          return -1;
        }
        assert.ok(decoder.consumed > at && decoder.consumed <= end, 'no progress, or too much');
        if (status === SKIPPED) continue;
        assert.equal(status, COMMAND);
        digest = mix(digest, this.checkCommand(decoder, conversation));
        if (conversation.closing) return -1;
      }
    });
    return digest;
  }

  /** Its parts lie where it says, and what would be forwarded is one whole command to a fresh decoder too. */
  checkCommand(command, conversation) {
    let digest = mix(command.handling, command.argCount);
    let last = command.start;
    for (let i = 0; i < command.argCount; i++) {
      assert.ok(command.argStart(i) > last && command.argEnd(i) >= command.argStart(i), 'arguments overlap');
      last = command.argEnd(i);
      digest = mix(digest, last - command.start);
    }
    assert.equal(command.end, last + 2);
    for (let i = 0; i < command.keyCount; i++) digest = mix(digest, command.keyStart(i) - command.start);
    if (!conversation.open || command.handling === LOCAL || command.handling === REJECT) {
      const answer = conversation.answer(command);
      if (answer instanceof Uint8Array) this.checkReply(answer);
      return digest;
    }
    const again = this.codec.createDecoder(limits, conversation);
    assert.equal(again.decode(command.bytes, command.start, command.end), COMMAND);
    assert.equal(again.consumed, command.end);
    if (command.handling === SPLIT) this.checkSplit(command);
    return digest;
  }

  /** A fragment with all the parts is the command itself. */
  checkSplit(command) {
    const { splitter } = this.codec;
    const { out } = this;
    let at = splitter.headLength(command.spec, command.keyCount);
    splitter.writeHead(command.spec, command.keyCount, out, 0);
    for (let key = 0; key < command.keyCount; key++) {
      const start = splitter.partStart(command, key);
      const end = splitter.partEnd(command, key);
      Buffer.from(command.bytes.buffer, command.bytes.byteOffset).copy(out, at, start, end);
      at += end - start;
    }
    const written = out.toString('latin1', 0, at).toLowerCase();
    const original = Buffer.from(command.bytes.buffer, command.bytes.byteOffset).toString(
      'latin1',
      command.start,
      command.end,
    );
    assert.equal(written, original.toLowerCase());
  }

  checkReply(reply) {
    assert.equal(this.framer.frame(reply, 0, reply.length), reply.length, 'an answer is not one whole reply');
    return reply.length;
  }

  /** What is framed can be read, to the same end; it is an error where it was called one, and an array if a push. */
  checkValue(bytes, start, end, { replyClass, isPush }) {
    const value = this.reader.read(bytes, start, end, this.random.pick(forms));
    assert.equal(this.reader.next, end, 'it is read to another end than it was framed to');
    assert.equal(value instanceof Error, replyClass !== OK, 'its class is not that of its value');
    if (isPush) assert.ok(Array.isArray(value), 'a push is no array');
    if (replyClass !== OK) assert.match(this.codec.errorCode(bytes, start, end), /^[A-Z]+$/);
  }

  frame(bytes, length, inPieces) {
    const framer = this.codec.createFramer();
    let digest = 0;
    this.pieces.feed(bytes, length, inPieces, (stage, start, end) => {
      for (let at = start; ; ) {
        const next = framer.frame(stage, at, end);
        if (next === FRAME_INCOMPLETE) {
          assert.ok(framer.expected > end - at, 'expected promises too little');
          return at - start;
        }
        if (next === FRAME_MALFORMED) {
          digest = mix(digest, next);
          return -1;
        }
        digest = mix(digest, next - at);
        assert.ok(next > at && next <= end, 'no progress, or too much');
        digest = mix(digest, framer.replyClass);
        digest = mix(digest, framer.isPush ? 1 : 0);
        this.checkValue(stage, at, next, framer);
        at = next;
      }
    });
    return digest;
  }
}

/** In what form an application may want values. */
const forms = [
  { buffers: false, stringNumbers: false },
  { buffers: true, stringNumbers: true },
];

/** The first replies of an input, as if each had come from another server. */
class Fragments {
  constructor(random) {
    this.random = random;
    this.ends = [];
    this.classes = [];
    this.owners = [];
  }

  reset(bytes) {
    this.source = bytes;
    this.ends.length = 0;
    this.classes.length = 0;
  }

  add(end, replyClass) {
    this.ends.push(end);
    this.classes.push(replyClass);
  }

  deal(keyCount) {
    this.owners.length = 0;
    for (let i = 0; i < keyCount; i++) this.owners.push(this.random.below(this.count));
  }

  get count() {
    return this.ends.length;
  }

  get keyCount() {
    return this.owners.length;
  }

  bytes() {
    return this.source;
  }

  start(fragment) {
    return fragment === 0 ? 0 : this.ends[fragment - 1];
  }

  end(fragment) {
    return this.ends[fragment];
  }

  replyClass(fragment) {
    return this.classes[fragment];
  }

  fragmentOf(key) {
    return this.owners[key];
  }
}

function specOf(codec, line) {
  const decoder = codec.createDecoder(limits, conversationOf(codec, null));
  const bytes = Buffer.from(`${line}\r\n`);
  assert.equal(decoder.decode(bytes, 0, bytes.length), COMMAND);
  return decoder.spec;
}

function mix(digest, value) {
  return Math.imul(digest ^ value, 0x01000193) >>> 0;
}

function conversationOf(codec, password) {
  return codec.createRealm({ password }).createConversation({
    remote: 'nowhere',
    hears: true,
    connectionFor: () => null,
    push() {},
    destroy() {},
  });
}
