import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import http2 from 'node:http2';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export type Handler = (req: IncomingMessage, res: ServerResponse) => void;

export interface BareServer {
  readonly url: string;
  /** Open sockets right now. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

export async function bareServer(
  handler: Handler,
  version: 1 | 2 = 1,
): Promise<BareServer> {
  const server =
    version === 1
      ? http.createServer(handler)
      : http2.createServer((req, res) =>
          handler(
            req as unknown as IncomingMessage,
            res as unknown as ServerResponse,
          ),
        );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) =>
          error ? reject(error) : resolve(count),
        );
      }),
    async close() {
      const closed = once(server, 'close');
      server.close();
      if (server instanceof http.Server) server.closeAllConnections();
      await closed;
    },
  };
}

export function openHead(res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  res.flushHeaders();
}
