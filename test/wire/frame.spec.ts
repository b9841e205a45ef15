import { describe, expect, it } from '@jest/globals';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import fc from 'fast-check';
import { SseChannelsError } from '../../lib/wire/errors.js';
import {
  formatBlock,
  Frame,
  validateFields,
  type EventFields,
} from '../../lib/wire/frame.js';
import { dechunk } from './support/dechunk.js';

/** Strings that are likely to break something: any code unit, any line end. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        ...['\r', '\n', '\r\n', '\0', ' ', ':', '\ufeff', 'data: x', 'id: 9'],
        ...['\ud83d', '\ude00', '\u2028', 'event: y', '', 'a', 'ü', '\n\n'],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

const anyFields: fc.Arbitrary<EventFields> = fc.record(
  {
    event: hostile,
    data: hostile,
    id: hostile,
    retry: fc.oneof(fc.nat(), fc.constantFrom(-1, 1.5, NaN, 2 ** 53, 0, -0)),
    comment: hostile,
  },
  { requiredKeys: [] },
);

interface Read {
  events: EventSourceMessage[];
  comments: string[];
  retries: number[];
}

function parse(text: string): Read {
  const read: Read = { events: [], comments: [], retries: [] };
  const parser = createParser({
    onEvent: (event) => read.events.push(event),
    onComment: (comment) => read.comments.push(comment),
    onRetry: (retry) => read.retries.push(retry),
    onError: (error) => {
      throw error;
    },
  });
  parser.feed(text);
  return read;
}

const wellFormed = (text: string) => Buffer.from(text).toString();
const lines = (text: string) => wellFormed(text).split(/\r\n|\r|\n/);

function refusal(fields: EventFields): string | undefined {
  try {
    validateFields(fields);
    return undefined;
  } catch (error) {
    return (error as SseChannelsError).code;
  }
}

function expectedRefusal(fields: EventFields): string | undefined {
  const broken = /[\r\n\0]/;
  if (fields.event !== undefined && broken.test(fields.event)) {
    return 'INVALID_EVENT_NAME';
  }
  if (fields.id !== undefined && (fields.id === '' || broken.test(fields.id))) {
    return 'INVALID_EVENT_ID';
  }
  const { retry } = fields;
  return retry !== undefined && !(Number.isSafeInteger(retry) && retry >= 0)
    ? 'INVALID_RETRY'
    : undefined;
}

describe('a block', () => {
  it('is read as what was put in, or refused before a byte is written', () => {
    fc.assert(
      fc.property(anyFields, fc.boolean(), (fields, alone) => {
        expect(refusal(fields)).toBe(expectedRefusal(fields));
        if (refusal(fields) !== undefined) {
          expect(() => Frame.event(fields)).toThrow(SseChannelsError);
          return;
        }
        const text = Frame.event(fields).bytes.toString();
        // What follows is an event of its own, whatever stood before.
        const read = parse(
          alone ? text : `${text}event: next\ndata: after\n\n`,
        );
        const { event, data, id, retry, comment } = fields;
        const fires = event !== undefined || data !== undefined;
        if (!alone) {
          expect(read.events.pop()).toMatchObject({
            event: 'next',
            data: 'after',
          });
        }
        expect(read.events).toEqual(
          fires
            ? [
                {
                  event: event ? wellFormed(event) : undefined,
                  id: id === undefined ? undefined : wellFormed(id),
                  data: lines(data ?? '').join('\n'),
                },
              ]
            : [],
        );
        expect(read.retries).toEqual(retry === undefined ? [] : [retry + 0]);
        expect(read.comments).toEqual(
          comment === undefined ? [] : lines(comment),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('writes its fields in a fixed order, with one space', () => {
    const block = formatBlock({
      data: 'one\r\ntwo\rthree\nfour',
      event: 'tick',
      id: '7',
      retry: 0,
      comment: 'hi\nthere',
    });
    expect(block).toBe(
      ': hi\n: there\nretry: 0\nid: 7\nevent: tick\n' +
        'data: one\ndata: two\ndata: three\ndata: four\n\n',
    );
  });

  it.each([
    [{ comment: '' }, ':\n\n'],
    [{ id: 'x' }, 'id: x\n\n'],
    [{ retry: 2_000 }, 'retry: 2000\n\n'],
    [{ event: 'tick' }, 'event: tick\ndata: \n\n'],
    [{ data: '' }, 'data: \n\n'],
    [{ event: '', data: 'x' }, 'data: x\n\n'],
    [{ data: '\n' }, 'data: \ndata: \n\n'],
  ])('%j is %j', (fields, text) => {
    expect(formatBlock(fields)).toBe(text);
  });

  it('[KZ-08] an empty comment fires nothing and carries no id', () => {
    const read = parse(formatBlock({ comment: '' }));
    expect(read).toEqual({ events: [], comments: [''], retries: [] });
  });

  it('refuses an event name that is no string', () => {
    const fields = { event: 7 } as unknown as EventFields;
    expect(refusal(fields)).toBe('INVALID_EVENT_NAME');
  });

  it('names what it refuses, and what to do', () => {
    const refused = () => validateFields({ event: 'a\nb' });
    expect(refused).toThrow('The event name "a\\nb" holds a line break');
    expect(refused).toThrow('Use a name of one line.');
    expect(() => validateFields({ id: 'x\0'.repeat(10_000) })).toThrow(
      /^.{0,1000}$/,
    );
  });
});

describe('a frame', () => {
  const text = fc.oneof(hostile, fc.string({ maxLength: 3_000 }));

  it('carries the bytes of its text, and the same as one chunk', () => {
    fc.assert(
      fc.property(text, (value) => {
        const bytes = Buffer.from(value);
        const frame = Frame.of(value);
        expect(frame.size).toBe(bytes.length);
        expect(frame.bytes.equals(bytes)).toBe(true);
        expect(dechunk(frame.chunk).body.equals(bytes)).toBe(true);
      }),
    );
  });

  it('keeps a pair of surrogates that meet where strings were joined', () => {
    const half = 'x'.repeat(5_000);
    const frame = Frame.of(`${half}\ud83d`.concat(`\ude00${half}`));
    expect(frame.bytes.toString()).toBe(`${half}😀${half}`);
  });

  it('gives a view of its bytes, not a copy', () => {
    const frame = Frame.of('data: x\n\n');
    expect(frame.bytes.buffer).toBe(frame.chunk.buffer);
  });

  it('of no bytes is no chunk: that would end the response', () => {
    for (const empty of [Frame.of(''), Frame.join([])]) {
      expect(empty.size).toBe(0);
      expect(empty.chunk).toHaveLength(0);
      expect(empty.bytes).toHaveLength(0);
    }
  });

  it('joins others into one chunk around all of them', () => {
    fc.assert(
      fc.property(fc.array(text), fc.boolean(), (texts, sizeIsKnown) => {
        const frames = texts.map((each) => Frame.of(each));
        const bytes = Buffer.concat(frames.map((frame) => frame.bytes));
        const joined = sizeIsKnown
          ? Frame.join(frames, bytes.length)
          : Frame.join(frames);
        expect(joined.size).toBe(bytes.length);
        expect(joined.bytes.equals(bytes)).toBe(true);
        const { body, chunks } = dechunk(joined.chunk);
        expect(body.equals(bytes)).toBe(true);
        expect(chunks).toBe(bytes.length === 0 ? 0 : 1);
      }),
    );
  });

  it('alone is returned as it is', () => {
    const frame = Frame.of('data: x\n\n');
    expect(Frame.join([frame])).toBe(frame);
  });
});
