/** A growing byte array, with numbers in as few bytes as they need: seven bits in each byte, the lowest first. */
export interface ByteWriter {
  /** An integer from 0 to 2^53 - 1. */
  number(value: number): void;
  /** Its length in bytes, and the text as UTF-8. */
  text(value: string): void;
  bytes(): Uint8Array<ArrayBuffer>;
}

export function byteWriter(): ByteWriter {
  let buffer = new Uint8Array(1024);
  let length = 0;
  function reserve(count: number): void {
    if (length + count <= buffer.length) return;
    const larger = new Uint8Array(Math.max(buffer.length * 2, length + count));
    larger.set(buffer);
    buffer = larger;
  }
  function number(value: number): void {
    reserve(8);
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) buffer[length++] = (rest % 128) + 128;
    buffer[length++] = rest;
  }
  return {
    number,
    text(value) {
      const encoded = new TextEncoder().encode(value);
      number(encoded.length);
      reserve(encoded.length);
      buffer.set(encoded, length);
      length += encoded.length;
    },
    bytes: () => buffer.slice(0, length),
  };
}

/** Reads the output of a `ByteWriter` from `at` on. */
export interface ByteReader {
  at: number;
  number(): number;
  text(): string;
}

export function byteReader(bytes: Uint8Array, start = 0): ByteReader {
  const reader: ByteReader = {
    at: start,
    number() {
      let value = 0;
      for (let unit = 1; ; unit *= 128) {
        const byte = bytes[reader.at++];
        if (byte === undefined) throw new RangeError('the bytes end within a number');
        if (byte < 128) return value + byte * unit;
        value += (byte - 128) * unit;
      }
    },
    text() {
      const end = reader.number() + reader.at;
      const text = new TextDecoder().decode(bytes.subarray(reader.at, end));
      reader.at = end;
      return text;
    },
  };
  return reader;
}
