import type { SseSession } from '../sessions/session.js';
import type { ChannelEvent } from './channel-event.js';

/** Events of a channel, with what their listeners get. */
export interface ChannelListeners {
  'session-registered': [session: SseSession];
  'session-deregistered': [session: SseSession];
  'session-disconnected': [session: SseSession];
  broadcast: [event: ChannelEvent];
  close: [];
}
