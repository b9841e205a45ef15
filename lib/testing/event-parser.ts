import { ReceivedEvent, type StreamEvent } from './stream-event.js';

export interface ParserSink {
  onEvent(event: StreamEvent): void;
  onComment(text: string): void;
}

/**
 * Reads decoded text by the rules of the HTML standard ("Interpreting an event
 * stream"). Chunks may be cut anywhere, also between CR and LF.
 */
export class EventParser {
  lastEventId = '';
  retry: number | undefined;

  readonly #sink: ParserSink;
  #rest = '';
  #started = false;
  #skipLineFeed = false;
  #id: string | undefined;
  #event = '';
  #data: string[] = [];

  constructor(sink: ParserSink) {
    this.#sink = sink;
  }

  push(text: string): void {
    if (text === '') return;
    let input = text;
    if (!this.#started) {
      this.#started = true;
      if (input.startsWith('\uFEFF')) input = input.slice(1);
    }
    if (this.#skipLineFeed && input !== '') {
      this.#skipLineFeed = false;
      if (input.startsWith('\n')) input = input.slice(1);
    }
    const ends = /\r\n|\r|\n/g;
    let start = 0;
    for (let end = ends.exec(input); end !== null; end = ends.exec(input)) {
      const line = this.#rest + input.slice(start, end.index);
      this.#rest = '';
      start = ends.lastIndex;
      // A CR ends its line at once: waiting for its LF would hold an event back.
      this.#skipLineFeed = end[0] === '\r' && start === input.length;
      this.#line(line);
    }
    this.#rest += input.slice(start);
  }

  #line(line: string): void {
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(':');
    if (colon === -1) {
      this.#field(line, '');
      return;
    }
    const value = line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (colon === 0) this.#sink.onComment(value);
    else this.#field(line.slice(0, colon), value);
  }

  #field(name: string, value: string): void {
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#event = value;
    else if (name === 'id') {
      if (!value.includes('\0')) this.#id = value;
    } else if (name === 'retry' && /^[0-9]+$/.test(value)) {
      this.retry = Number(value);
    }
  }

  #dispatch(): void {
    const id = this.#id;
    const data = this.#data;
    const event = this.#event;
    this.#id = undefined;
    this.#data = [];
    this.#event = '';
    // A block without data moves the cursor and fires nothing.
    if (id !== undefined) this.lastEventId = id;
    if (data.length === 0) return;
    this.#sink.onEvent(
      new ReceivedEvent(
        event === '' ? 'message' : event,
        data.join('\n'),
        id,
        this.lastEventId,
      ),
    );
  }
}
