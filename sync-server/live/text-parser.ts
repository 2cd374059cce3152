import { Decoder, type Packet } from 'socket.io-parser';

/** Socket.IO's encoding without binary data: the server sends none, and searching each packet for it costs more than encoding. */
class Encoder {
  encode({ type, nsp, id, data }: Packet): [string] {
    const place = nsp === '/' ? '' : `${nsp},`;
    return [`${type}${place}${id ?? ''}${data === undefined ? '' : JSON.stringify(data)}`];
  }
}

/** Decodes like Socket.IO, which bounds binary attachments; a request with one is answered as malformed. [SEC-43] */
export const textParser = { Encoder, Decoder };
