/** The version that a client names in its handshake; the server answers any other with `upgrade_required`. */
export const PROTOCOL_VERSION = 1;
/** The path of the socket, and the one under which the verbs are posted. */
export const SOCKET_PATH = '/socket.io';
export const SYNC_PATH = '/api/sync';
/** On a verb over HTTP: the person whose ops and cursors it carries. The session of somebody else is refused. [HT5] */
export const USER_HEADER = 'teamlink-user';
/**
 * A page that only the network answers, never the cached app: behind a sign-in page of something else one gets to see that. The
 * server itself leads back to the app.
 */
export const REACH_PATH = '/api/reach';
/** Where files are uploaded and read: `MEDIA_PATH/<mediaId>`, and its thumbnail below that. [MD1] [MD6] */
export const MEDIA_PATH = '/api/media';
/** Where uploads go that can be continued, by the tus protocol 1.0. [MD10] */
export const UPLOADS_PATH = '/api/uploads';
