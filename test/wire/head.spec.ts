import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  acceptsEventStream,
  eventStreamHeaders,
  lastEventId,
} from '../../lib/wire/head.js';

const request = (
  url: string | undefined,
  header?: string | string[],
): IncomingMessage =>
  ({ url, headers: { 'last-event-id': header } }) as unknown as IncomingMessage;

/** What Node makes of a header's bytes. */
const asHeader = (text: string) => Buffer.from(text).toString('latin1');

describe('the head', () => {
  it('is that of an event stream no proxy holds back', () => {
    expect(eventStreamHeaders(1)).toEqual({
      'Content-Type': 'text/event-stream',
      'Cache-Control':
        'private, no-cache, no-store, no-transform, must-revalidate, max-age=0',
      'X-Accel-Buffering': 'no',
      Connection: 'keep-alive',
    });
  });

  it('has no Connection on HTTP/2', () => {
    expect(eventStreamHeaders(2)).not.toHaveProperty('Connection');
  });
});

describe('Accept', () => {
  it.each([
    undefined,
    '',
    ' , ,',
    '*/*',
    '*',
    'text/*',
    'text/event-stream',
    'TEXT/Event-Stream; charset=utf-8',
    'text/html, text/event-stream;q=0.1',
    'text/html;a="b,c", */*;q=0.1',
    'text/html;a="\\",*/*;q=0", text/*',
    '*/*;q=0, text/*;q=0, text/event-stream',
    'text/*;q=0, text/event-stream;Q=1',
    'text/event-stream;q=nonsense',
    'text/html, image/gif, *; q=.2, */*; q=.2',
  ])('%j takes an event stream', (header) => {
    expect(acceptsEventStream(header)).toBe(true);
  });

  it.each([
    'application/json',
    'text/html',
    'text/event-stream;q=0',
    'text/event-stream; q=0.000, */*',
    '*/*, text/*;q=0',
    '*/*;q=0',
    'text/event-streams',
    'application/x;a="text/event-stream,*/*"',
    'nonsense',
  ])('%j rules it out', (header) => {
    expect(acceptsEventStream(header)).toBe(false);
  });

  it('never throws', () => {
    const parts = fc.constantFrom(
      ...[',', ';', '"', '\\', 'q', '=', '0', '1', ' ', '*/*', 'text/*', '\t'],
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), (pieces) => {
        expect(typeof acceptsEventStream(pieces.join(''))).toBe('boolean');
      }),
    );
  });

  it.each(['"', ',', ';', ' ', '\\', 'q=', '*/*;q=0,', '"\\', ';q=1', 'a '])(
    'takes linear time on a million of %j',
    (piece) => {
      const began = performance.now();
      acceptsEventStream(piece.repeat(1_000_000 / piece.length));
      // Quadratic would be hours.
      expect(performance.now() - began).toBeLessThan(5_000);
    },
  );
});

describe('Last-Event-ID', () => {
  it('is undefined without one, and when empty', () => {
    expect(lastEventId(request('/x'), false)).toBeUndefined();
    expect(lastEventId(request('/x', ''), false)).toBeUndefined();
    expect(lastEventId(request('/x?since='), 'since')).toBeUndefined();
    expect(lastEventId(request(undefined), 'since')).toBeUndefined();
  });

  it('is UTF-8 in a header of bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (id) => {
        expect(lastEventId(request('/', asHeader(id)), false)).toBe(id);
      }),
    );
  });

  it('stays what it is where a server has decoded it already', () => {
    expect(lastEventId(request('/', 'číslo-√'), false)).toBe('číslo-√');
  });

  it('comes from the query parameter only where one is named', () => {
    const url = '/stream?a=1&since=a%20b%2F%C3%BC';
    expect(lastEventId(request(url), false)).toBeUndefined();
    expect(lastEventId(request(url), 'since')).toBe('a b/ü');
    expect(lastEventId(request(url), 'other')).toBeUndefined();
  });

  it('of the header wins; the first of several', () => {
    expect(lastEventId(request('/?since=2', '1'), 'since')).toBe('1');
    expect(lastEventId(request('/?since=2', ['1', '3']), 'since')).toBe('1');
    expect(lastEventId(request('/?since=2', ''), 'since')).toBe('2');
  });

  it('is at most 1,024 bytes, cut between characters', () => {
    const fits = 'x'.repeat(1_024);
    expect(lastEventId(request('/', fits), false)).toBe(fits);
    expect(lastEventId(request('/', `${fits}y`), false)).toBe(fits);
    const wide = `x${'ü'.repeat(1_000)}`;
    const cut = `x${'ü'.repeat(511)}`;
    expect(lastEventId(request('/', asHeader(wide)), false)).toBe(cut);
    expect(lastEventId(request(`/?c=${wide}`), 'c')).toBe(cut);
  });

  it('takes any bytes, and gives bounded text', () => {
    const bytes = fc.uint8Array({ maxLength: 3_000 });
    fc.assert(
      fc.property(bytes, fc.string({ unit: 'binary' }), (header, query) => {
        const value = Buffer.from(header).toString('latin1');
        const url = `/?${query}`;
        const id = lastEventId(request(url, value), 'c') ?? '';
        expect(id.length).toBeLessThanOrEqual(1_024);
      }),
    );
  });
});
