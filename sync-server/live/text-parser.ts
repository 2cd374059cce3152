import { Decoder, type Packet } from 'socket.io-parser';

/** Socket.IO's encoding without the binary half: we send none, and looking for it in all that is sent costs more than writing it. */
class Encoder {
  encode({ type, nsp, id, data }: Packet): [string] {
    const place = nsp === '/' ? '' : `${nsp},`;
    return [`${type}${place}${id ?? ''}${data === undefined ? '' : JSON.stringify(data)}`];
  }
}

/** What comes is read as ever: binary attachments are bounded there, and answered as a request of no shape. [SEC-43] */
export const textParser = { Encoder, Decoder };
