/** The version that a client names in its handshake; the server answers any other with `upgrade_required`. */
export const PROTOCOL_VERSION = 1;
/** The path of the socket, and the one under which the verbs are posted. */
export const SOCKET_PATH = '/socket.io';
export const SYNC_PATH = '/api/sync';
