/** Why a connection closed. */
export type CloseReason =
  | 'client'
  | 'ended'
  | 'timeout'
  | 'slow'
  | 'error'
  | 'revoked'
  | 'expired'
  | 'limit'
  | 'shutdown';
