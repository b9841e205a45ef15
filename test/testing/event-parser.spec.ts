import { describe, it, expect } from '@jest/globals';
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { EventParser } from '../../lib/testing/event-parser.js';
import type { StreamEvent } from '../../lib/testing/stream-event.js';

interface Reading {
  events: Pick<StreamEvent, 'event' | 'data' | 'id' | 'lastEventId'>[];
  comments: string[];
  retry: number | undefined;
  lastEventId: string;
}

function read(...chunks: string[]): Reading {
  const reading: Reading = {
    events: [],
    comments: [],
    retry: undefined,
    lastEventId: '',
  };
  const parser = new EventParser({
    onEvent: ({ event, data, id, lastEventId }) =>
      reading.events.push({ event, data, id, lastEventId }),
    onComment: (text) => reading.comments.push(text),
  });
  for (const chunk of chunks) parser.push(chunk);
  reading.retry = parser.retry;
  reading.lastEventId = parser.lastEventId;
  return reading;
}

function cut(text: string, at: readonly number[]): string[] {
  const places = [...new Set(at.map((place) => place % (text.length + 1)))];
  const bounds = [0, ...places.sort((a, b) => a - b), text.length];
  return bounds.slice(1).map((end, index) => text.slice(bounds[index], end));
}

const value = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.constantFrom(' ', '', ':', 'ä😀', '12', '1a', 'a\0b', ' two'),
);
const line = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('data', 'event', 'id', 'retry', '', 'x', 'Data'),
      fc.constantFrom(':', ': ', ':  '),
      value,
    )
    .map((parts) => parts.join('')),
  fc.constantFrom('', '', 'data', 'event', 'id', 'retry', ':', 'x'),
  fc.constant('data: same'),
);
const text = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n')), { maxLength: 30 })
  .map((lines) => lines.flat().join('') + '\n\n');

describe('the parser', () => {
  it("equals eventsource-parser's reading, however the text is cut", () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 12 }), (stream, at) => {
        const theirs: Pick<StreamEvent, 'event' | 'data' | 'id'>[] = [];
        const comments: string[] = [];
        let retry: number | undefined;
        const reference = createParser({
          onEvent: ({ event = 'message', data, id }) =>
            theirs.push({ event, data, id }),
          onComment: (comment) => comments.push(comment),
          onRetry: (milliseconds) => (retry = milliseconds),
        });
        reference.feed(stream);
        const ours = read(...cut(stream, at));
        expect(
          ours.events.map(({ event, data, id }) => ({ event, data, id })),
        ).toEqual(theirs);
        expect(ours.comments).toEqual(comments);
        expect(ours.retry).toBe(retry);
      }),
      { numRuns: 500 },
    );
  });

  it('reads the same whether whole or in single characters', () => {
    fc.assert(
      fc.property(text, (stream) => {
        expect(read(...stream)).toEqual(read(stream));
      }),
    );
  });

  it('dispatches at a lone CR without waiting for an LF', () => {
    expect(read('data: a\r\r').events).toHaveLength(1);
    expect(read('data: a\r', '\n', '\r', '\ndata: b\n\n').events).toEqual([
      { event: 'message', data: 'a', id: undefined, lastEventId: '' },
      { event: 'message', data: 'b', id: undefined, lastEventId: '' },
    ]);
  });

  it('drops one byte order mark, at the very start only', () => {
    expect(read('\uFEFFdata: a\n\n').events[0]?.data).toBe('a');
    expect(read('\uFEFF', 'data: a\n\n').events[0]?.data).toBe('a');
    expect(read('\uFEFF\uFEFFdata: a\n\n').events).toEqual([]);
    expect(read('data: a\n\n\uFEFFdata: b\n\n').events).toHaveLength(1);
  });

  it('keeps the cursor of a block without data and fires nothing', () => {
    expect(read('id: 7\n\n')).toMatchObject({ events: [], lastEventId: '7' });
  });

  it('carries the last id over, and an empty one resets it', () => {
    const { events } = read('id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n');
    expect(events.map(({ id, lastEventId }) => [id, lastEventId])).toEqual([
      ['1', '1'],
      [undefined, '1'],
      ['', ''],
    ]);
  });

  it('ignores an id with NUL', () => {
    const { events } = read('id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n');
    expect(events[1]).toMatchObject({ id: undefined, lastEventId: '1' });
  });

  it('takes digits alone for retry', () => {
    expect(read('retry: 10\n').retry).toBe(10);
    expect(read('retry: 10\nretry: 1e3\nretry: -1\nretry:\n').retry).toBe(10);
  });

  it('discards a block the stream ends in, cursor included', () => {
    expect(read('id: 1\ndata: a\n\nid: 2\ndata: b\n')).toMatchObject({
      events: [{ data: 'a' }],
      lastEventId: '1',
    });
  });
});
