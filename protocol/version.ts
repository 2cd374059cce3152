/** The version a client names in its hand-shake. Another one is answered `upgrade_required`. */
export const PROTOCOL_VERSION = 1;
/** Where the socket is served and where the verbs are posted. */
export const SOCKET_PATH = '/socket.io';
export const SYNC_PATH = '/api/sync';
