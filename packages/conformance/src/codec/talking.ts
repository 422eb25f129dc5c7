import { DecodeStatus, Handling, type LinkCredentials, ReplyClass } from '@shardmux/plugin-api';
import { FAILURES } from '../failures.js';
import { LIMITS, type Subject, show } from './subject.js';

export function repliesToFailures(subject: Subject): void {
  for (const failure of FAILURES)
    expectError(subject, `the reply to "${failure}"`, subject.codec.failureReply(failure));
}

export function repliesAlike({ codec, breach }: Subject): void {
  const first = FAILURES.map((failure) => Buffer.from(codec.failureReply(failure)));
  FAILURES.forEach((failure, i) => {
    const again = codec.failureReply(failure);
    if (!first[i].equals(again)) breach(`"${failure}" is ${show(first[i])} at first, then ${show(again)}`);
  });
}

export function repliesToMalformed(subject: Subject): void {
  for (const sample of subject.samples.malformedCommands) {
    const decoder = subject.createDecoder();
    if (decoder.decode(sample, 0, sample.length) !== DecodeStatus.malformed)
      subject.breach(`${show(sample)} is taken`);
    expectError(subject, `the reply to ${show(sample)}`, decoder.malformedReply);
  }
}

function expectError(subject: Subject, what: string, reply: Uint8Array): void {
  const replyClass = subject.frame(reply);
  if (replyClass !== ReplyClass.error) subject.breach(`${what} is of class ${replyClass}: ${show(reply)}`);
}

export function probesByCommand(subject: Subject): void {
  subject.decode(subject.codec.probe);
}

/** What a user writes may be any text: it must not become a command of its own. */
const TEXTS = [null, 'secret', 'pä ss\r\nword\n"\''];

const CREDENTIALS: readonly LinkCredentials[] = TEXTS.flatMap((text) =>
  [0, 1, 15].flatMap((database) => [
    { username: null, password: text, database, name: null },
    { username: text, password: 'secret', database, name: null },
    { username: null, password: null, database, name: text },
    { username: null, password: text, database, name: text, replica: true },
  ]),
);

export function shakesHands(subject: Subject): void {
  for (const credentials of CREDENTIALS) {
    const handshake = subject.codec.handshake(credentials);
    if (handshake === null) continue;
    const { request, replies, optional = 0 } = handshake;
    if (optional < 0 || optional > replies) subject.breach(`${optional} of ${replies} replies are optional`);
    const decoder = subject.createDecoder();
    let commands = 0;
    let at = 0;
    while (at < request.length && decoder.decode(request, at, request.length) === DecodeStatus.command) {
      commands++;
      at = decoder.consumed;
    }
    if (at === request.length && commands === replies && commands > 0) continue;
    subject.breach(
      `${show(request)} has ${commands} commands, and then ${request.length - at} bytes; ${replies} replies are owed`,
    );
  }
}

export function opensUp(subject: Subject): void {
  const { breach } = subject;
  for (const password of [null, 'secret']) {
    const { open, closing, intercepts, muted, links } = subject.createConversation(password);
    if (open !== (password === null)) breach(`with the password ${password}, open is ${open}`);
    if (closing) breach('it begins with its end');
    if (intercepts && open) breach('it intercepts commands before it was asked to');
    if (!intercepts && !open) breach('it intercepts nothing though it is not open');
    if (muted) breach('it is muted before it was asked to');
    if (links !== null) breach('it has links of its own before it was asked to');
  }
}

export function answersCommands(subject: Subject): void {
  for (const sample of subject.samples.commands) {
    for (const password of [null, 'secret']) {
      const conversation = subject.createConversation(password);
      const command = subject.codec.createDecoder(LIMITS, conversation);
      // While it is shut, a decoder may refuse what it takes of others.
      if (command.decode(sample, 0, sample.length) !== DecodeStatus.command) continue;
      const { handling } = command;
      const isAnswered = handling === Handling.local || handling === Handling.reject;
      if (!isAnswered && !conversation.intercepts) continue;
      const answer = conversation.answer(command);
      if (answer instanceof Uint8Array) subject.frame(answer);
      else if (answer === null && handling === Handling.reject)
        subject.breach(`${show(sample)} has no answer`);
    }
  }
}
