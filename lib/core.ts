export { createChannels, type OpenOptions } from './core/create-channels.js';
export type { Channels } from './core/create-channels.js';
export * from './core/public.js';
