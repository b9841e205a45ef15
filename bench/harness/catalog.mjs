import { existsSync } from 'node:fs';

/** This package is measured as it is published. */
const DIST = new URL('../../dist/index.js', import.meta.url);

/** Every server, the floor first: what all others are divided by. */
export const SERVERS = [
  'floor',
  'channels-fastify',
  'channels-express',
  'nest-bare-fastify',
  'nest-bare-express',
  'res-write',
  'sse-channels',
  'better-sse',
  'nest-sse-fastify',
  'nest-sse-express',
];

export const FLOOR = 'floor';

/** What a server cannot do is left out, not made up. */
const WITHOUT_FILTER = ['sse-channels'];

/** Opens 15,000 connections: what holds for the floor is shown of this package. */
const CROWD = ['floor', 'channels-fastify', 'channels-express'];

export function offers(server, { kind, shape }) {
  if (kind === 'crowd') return CROWD.includes(server);
  return shape !== 'filtered' || !WITHOUT_FILTER.includes(server);
}

export function isOurs(server) {
  return server.startsWith('channels-');
}

export function isBuilt() {
  return existsSync(DIST);
}

export function moduleOf(server) {
  return new URL(`../servers/${server}.mjs`, import.meta.url);
}
