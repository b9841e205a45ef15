import { channels } from '../harness/channels.mjs';

channels('fastify');
