import net from 'node:net';
import { MARK } from './harness/event.mjs';
import { expectedSeqs, pathOf } from './harness/plan.mjs';

/**
 * All the clients, in a process of their own. Raw sockets: what is measured is
 * the server, and whoever reads must not be what it waits for. Every event is
 * counted on every connection; on some the sequence itself is checked.
 */
const CONCURRENCY = 50;
const SAMPLE_EVERY = 100;
/** One address has some 28,000 source ports: further ones for large crowds. */
const PER_ADDRESS = 10_000;

/** Sockets read one after the other, so one buffer serves them all. */
const shared = Buffer.allocUnsafe(256 * 1024);
const connections = [];
let satisfied = 0;
let wakeup = () => {};

class Connection {
  head = '';
  open = false;
  failure = undefined;
  received = 0;
  expected = 0;
  text = undefined;
  seqs = [];

  constructor(index, port, lastEventId) {
    this.index = index;
    if (index % SAMPLE_EVERY === 0) this.text = '';
    this.opened = new Promise((resolve) => (this.settle = resolve));
    this.socket = net.connect({
      host: '127.0.0.1',
      port,
      ...(index >= PER_ADDRESS && {
        localAddress: `127.0.0.${1 + Math.floor(index / PER_ADDRESS)}`,
      }),
      onread: {
        buffer: shared,
        callback: (size) => this.read(size),
      },
    });
    this.socket.on('error', (error) => this.fail(error.message));
    this.socket.on('close', () => this.fail('closed'));
    this.socket.write(
      `GET ${pathOf(index)} HTTP/1.1\r\n` +
        'Host: 127.0.0.1\r\n' +
        'Connection: keep-alive\r\n' +
        'Accept: text/event-stream\r\n' +
        'Cache-Control: no-store\r\n' +
        'User-Agent: bench\r\n' +
        'Accept-Encoding: gzip, deflate, br\r\n' +
        'Accept-Language: en\r\n' +
        (lastEventId === undefined ? '' : `Last-Event-ID: ${lastEventId}\r\n`) +
        '\r\n',
    );
  }

  read(size) {
    let bytes = shared.subarray(0, size);
    if (!this.open) {
      const before = this.head.length;
      this.head += bytes.latin1Slice();
      const end = this.head.indexOf('\r\n\r\n');
      if (end === -1) return true;
      if (!/^HTTP\/1\.1 200 /.test(this.head)) {
        this.fail(this.head.slice(0, 200));
        return false;
      }
      this.open = true;
      this.head = '';
      this.settle();
      bytes = bytes.subarray(end + 4 - before);
    }
    let count = 0;
    for (
      let at = bytes.indexOf(MARK);
      at !== -1;
      at = bytes.indexOf(MARK, at + 1)
    ) {
      count++;
    }
    if (this.text !== undefined) this.sample(bytes);
    if (count > 0) this.count(count);
    return true;
  }

  count(count) {
    const before = this.received;
    this.received += count;
    if (before < this.expected && this.received >= this.expected) {
      satisfied++;
      if (satisfied === connections.length) wakeup();
    }
  }

  sample(bytes) {
    // Chunk framing may stand anywhere; the events carry no line of hex alone.
    this.text += bytes.latin1Slice();
    const end = this.text.lastIndexOf('~') + 1;
    const text = this.text.slice(0, end);
    for (const [, seq] of text.matchAll(/"seq":(\d+)/g)) {
      this.seqs.push(Number(seq));
    }
    this.id = /(?:^|\n)id: ?([^\r\n]+)[^~]*~$/.exec(text)?.[1] ?? this.id;
    this.text = this.text.slice(end);
  }

  fail(reason) {
    this.failure ??= reason;
    this.settle();
    wakeup();
  }

  close() {
    return new Promise((resolve) => {
      if (this.socket.destroyed) resolve();
      else {
        this.socket.once('close', resolve);
        // A reset leaves no TIME_WAIT behind, so source ports do not run out.
        this.socket.resetAndDestroy();
      }
    });
  }
}

function failures() {
  return connections
    .filter(({ failure }) => failure !== undefined)
    .map(({ index, failure }) => `${index}: ${failure}`);
}

function assertHealthy() {
  const failed = failures();
  if (failed.length > 0) {
    throw new Error(
      `${failed.length} of ${connections.length} connections failed: ${failed.slice(0, 3).join('; ')}`,
    );
  }
}

const commands = {
  /** Opens clients beside those there are; `expect` as in the command below. */
  async open({ port, count, lastEventId, expect, concurrency = CONCURRENCY }) {
    const first = connections.length;
    let next = first;
    const lane = async () => {
      while (next < first + count) {
        const connection = new Connection(next++, port, lastEventId);
        if (expect !== undefined) connection.expected = expect;
        connections.push(connection);
        await connection.opened;
      }
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
    assertHealthy();
  },
  /** What the plan will bring each client on top of what it has. */
  expect({ shape, from, steps }) {
    satisfied = 0;
    let total = 0;
    const known = new Map();
    for (const connection of connections) {
      const place = pathOf(connection.index);
      if (!known.has(place)) {
        known.set(place, expectedSeqs(shape, from, steps, connection.index));
      }
      const seqs = known.get(place);
      total += seqs.length;
      connection.expected = connection.received + seqs.length;
      connection.seqs = [];
      connection.planned = seqs;
      if (seqs.length === 0) satisfied++;
    }
    return total;
  },
  /** Resolves once every client has all it was to get, and not one more. */
  async delivered({ timeout }) {
    const deadline = Date.now() + timeout;
    while (satisfied < connections.length) {
      assertHealthy();
      const left = deadline - Date.now();
      if (left <= 0) {
        const missing = connections.filter((c) => c.received < c.expected);
        throw new Error(
          `${missing.length} clients wait for events, the first has ${missing[0]?.received} of ${missing[0]?.expected}`,
        );
      }
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 1_000));
        wakeup = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  },
  verify() {
    assertHealthy();
    for (const {
      index,
      received,
      expected,
      seqs,
      planned,
      text,
    } of connections) {
      if (received !== expected) {
        throw new Error(`client ${index} got ${received}, not ${expected}`);
      }
      if (text === undefined || planned === undefined) continue;
      if (seqs.join() !== planned.join()) {
        throw new Error(
          `client ${index} got ${seqs.slice(0, 10)}…, not ${planned.slice(0, 10)}…`,
        );
      }
    }
  },
  /** The id the first client saw last: where others resume from. */
  lastId: () => connections[0].id,
  async close() {
    await Promise.all(connections.map((connection) => connection.close()));
    connections.length = 0;
    satisfied = 0;
  },
  /** Opens and closes, so that the server's code for it is warm. */
  async warm({ port, count }) {
    for (let opened = 0; opened < count; opened += 10) {
      await commands.open({ port, count: 10, concurrency: 10 });
      await commands.close();
    }
  },
  cpu: () => process.cpuUsage(),
};

process.on('message', async ({ id, command, args }) => {
  try {
    process.send({ id, result: await commands[command](args) });
  } catch (error) {
    process.send({ id, error: String(error?.stack ?? error) });
  }
});
process.on('disconnect', () => process.exit(0));
