import { type Document, Double, Int32, Long, ObjectId } from 'mongodb';

export interface Case {
  name: string;
  indexes?: Document[];
  docs: Document[];
  /** `{verb: options}`. Several run in order, and the last one's answer is compared. */
  run: Document | Document[];
  expected?: unknown;
  /** MongoDB's error code, if the answer is an error. */
  code?: number;
  /** The error code before MongoDB 7, if the answer was an error then. */
  codeBefore7?: number;
}

export const int = (n: number) => new Int32(n);
export const double = (n: number) => new Double(n);
export const long = (n: number) => Long.fromNumber(n);
export const id = (digit: string) => new ObjectId(digit.repeat(24));
export const when = (ms: number) => new Date(ms);

/** Documents for cases about several of them. */
export const three = [
  { _id: int(0), g: 'a', n: int(3) },
  { _id: int(1), g: 'b', n: int(1) },
  { _id: int(2), g: 'a', n: int(2) },
];
export const ids = (...list: number[]) => list.map((n) => ({ _id: `int:${n}` }));
export const only = { projection: { _id: 1 } };
