import { Int32 } from 'bson';
import type { Doc } from './doc.ts';

/** A refusal as a driver expects it: MongoDB's code and name, and further fields of the reply. */
export class CommandError extends Error {
  readonly code: number;
  readonly codeName: string;
  readonly extra: Record<string, unknown>;

  constructor(code: keyof typeof codes, message: string, extra: Record<string, unknown> = {}) {
    super(message);
    this.code = codes[code];
    this.codeName = code;
    this.extra = extra;
  }
}

export const codes = {
  InternalError: 1,
  BadValue: 2,
  FailedToParse: 9,
  TypeMismatch: 14,
  IllegalOperation: 20,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  InvalidBSON: 22,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  InvalidIndexSpecificationOption: 197,
  NotImplemented: 238,
  Location31254: 31254,
  Location40323: 40323,
  Location51091: 51091,
  NotAReplicaSet: 123,
  CannotIndexParallelArrays: 171,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  OutOfDiskSpace: 14031,
  IDLFailedToParse: 40414,
  IDLUnknownField: 40415,
  Location40324: 40324,
} as const;

/** The data folder cannot be used; `reason` is one of the known causes. */
export class DataFolderError extends Error {
  readonly reason: 'in-use' | 'newer' | 'unusable';

  constructor(reason: 'in-use' | 'newer' | 'unusable', message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The fields of a failed reply. */
export function failure(error: unknown): Doc {
  if (error instanceof CommandError)
    return { errmsg: error.message, code: new Int32(error.code), codeName: error.codeName, ...error.extra };
  // Malformed BSON or a bug: the driver gets a code, and the connection stays open.
  return {
    errmsg: error instanceof Error ? error.message : 'unknown error',
    code: new Int32(1),
    codeName: 'InternalError',
  };
}
