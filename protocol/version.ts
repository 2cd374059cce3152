/** The version that a client names in its handshake; the server answers any other with `upgrade_required`. */
export const PROTOCOL_VERSION = 1;
/** The path of the socket, and the one under which the verbs are posted. */
export const SOCKET_PATH = '/socket.io';
export const SYNC_PATH = '/api/sync';
/** On a verb over HTTP: the person whose ops and cursors the request has. Another person's session is refused. [HT5] */
export const USER_HEADER = 'teamlink-user';
/**
 * A page that only the network answers, never the cached app. Behind the sign-in page of a network or proxy, people get to see
 * that page; the server itself redirects to the app.
 */
export const REACH_PATH = '/api/reach';
/** Where files are uploaded and read: `MEDIA_PATH/<mediaId>`, and its thumbnail below that. [MD1] [MD6] */
export const MEDIA_PATH = '/api/media';
/** Where resumable uploads go, by the tus protocol 1.0. [MD10] */
export const UPLOADS_PATH = '/api/uploads';
