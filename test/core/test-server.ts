import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SseRequest, SseResponse } from 'nestjs-sse-channels/core';
import type { OpenStreamOptions } from 'nestjs-sse-channels/testing';
import { createTestCertificate } from '../support/tls.js';

export const TRANSPORTS = ['http', 'https', 'h2c'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export type Handler = (request: SseRequest, response: SseResponse) => unknown;

export interface TestServer {
  readonly url: string;
  /** What `openStream` needs to speak with this server. */
  readonly client: OpenStreamOptions;
  close(): Promise<void>;
}

/** A bare server of Node's on a port of its own. */
export async function serve(
  handler: Handler,
  transport: Transport = 'http',
): Promise<TestServer> {
  const sockets = new Set<{ destroy(): unknown }>();
  const server = createServer(transport, (request, response) => {
    void handler(request, response);
  });
  server.on('connection', (socket: { destroy(): unknown }) => {
    sockets.add(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const scheme = transport === 'https' ? 'https' : 'http';
  return {
    url: `${scheme}://127.0.0.1:${port}/`,
    client: { http2: transport === 'h2c', rejectUnauthorized: false },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) {
        socket.destroy();
      }
      await closed;
    },
  };
}

function createServer(transport: Transport, handler: Handler): http.Server {
  switch (transport) {
    case 'http':
      return http.createServer(handler);
    case 'https':
      return https.createServer(createTestCertificate(), handler);
    case 'h2c':
      return http2.createServer(handler) as unknown as http.Server;
  }
}
