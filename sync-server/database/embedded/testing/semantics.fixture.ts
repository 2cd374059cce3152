import { BSONRegExp, Binary, type Document, Double, Int32, Long, ObjectId } from 'mongodb';

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

const int = (n: number) => new Int32(n);
const double = (n: number) => new Double(n);
const long = (n: number) => Long.fromNumber(n);
const id = (digit: string) => new ObjectId(digit.repeat(24));
const when = (ms: number) => new Date(ms);

/** Each value is the field `a` of one document; the answer is the list of matching positions. */
function matches(name: string, values: unknown[], condition: unknown, positions: number[]): Case {
  return {
    name: `query: ${name}`,
    docs: values.map((value, at) => (value === absent ? { _id: int(at) } : { _id: int(at), a: value })),
    run: { find: { filter: { a: condition }, projection: { _id: 1 }, sort: { _id: 1 } } },
    expected: positions.map((at) => ({ _id: `int:${at}` })),
  };
}

const absent = Symbol('no field');
const mixed = [
  int(1),
  double(1.5),
  long(2),
  'b',
  null,
  absent,
  true,
  when(5),
  id('1'),
  [int(1), int(9)],
  { x: int(1) },
];

function whole(name: string, docs: Document[], filter: Document, ids: number[]): Case {
  return {
    name: `query: ${name}`,
    docs,
    run: { find: { filter, projection: { _id: 1 }, sort: { _id: 1 } } },
    expected: ids.map((at) => ({ _id: `int:${at}` })),
  };
}

const nested = [
  { _id: int(0), a: { b: int(1), c: int(2) } },
  {
    _id: int(1),
    a: [
      { b: int(1), c: int(9) },
      { b: int(9), c: int(2) },
    ],
  },
  { _id: int(2), a: { c: int(2), b: int(1) } },
  { _id: int(3), a: [] },
  { _id: int(4) },
  { _id: int(5), a: int(7) },
  { _id: int(6), a: { b: [int(1), int(2)] } },
];

const refused = (name: string, filter: Document, code: number): Case => ({
  name: `refused query: ${name}`,
  docs: [{ a: 1 }],
  run: { find: { filter } },
  code,
});

const queries: Case[] = [
  matches('a number equals itself in every type', [int(1), double(1), long(1), '1'], int(1), [0, 1, 2]),
  matches('equality looks into arrays', mixed, int(1), [0, 9]),
  matches('equality with null meets missing', mixed, null, [4, 5]),
  matches('equality with null meets an element', [[null], [int(1)], []], null, [0]),
  matches(
    'equality with a whole array',
    [[int(1), int(2)], [int(2), int(1)], [[int(1), int(2)]]],
    [int(1), int(2)],
    [0, 2],
  ),
  matches('equality with an empty array', [[], absent, [[]], null], [], [0, 2]),
  matches(
    'equality with a document depends on the order of its fields',
    [
      { x: int(1), y: int(2) },
      { y: int(2), x: int(1) },
    ],
    { x: int(1), y: int(2) },
    [0],
  ),
  matches('minus zero equals zero', [double(-0), int(0)], int(0), [0, 1]),
  matches('NaN equals NaN', [double(Number.NaN), int(0)], double(Number.NaN), [0]),
  matches('a string is no number', ['1', int(1)], '1', [0]),
  matches('a boolean is no number', [true, int(1)], true, [0]),
  matches('ObjectId', [id('1'), id('2'), '111111111111111111111111'], id('1'), [0]),
  matches('Date', [when(5), int(5)], when(5), [0]),
  matches(
    'binary by its bytes',
    [new Binary(Buffer.from([1, 2])), new Binary(Buffer.from([1, 3]))],
    new Binary(Buffer.from([1, 2])),
    [0],
  ),
  matches('$eq', mixed, { $eq: 'b' }, [3]),
  matches('$ne leaves out arrays that hold it', mixed, { $ne: int(1) }, [1, 2, 3, 4, 5, 6, 7, 8, 10]),
  matches('$ne null', [null, absent, int(1), [null]], { $ne: null }, [2]),
  matches('$gt stays in its type', mixed, { $gt: int(1) }, [1, 2, 9]),
  matches('$gte', mixed, { $gte: int(1) }, [0, 1, 2, 9]),
  matches('$lt', mixed, { $lt: int(2) }, [0, 1, 9]),
  matches('$lte', mixed, { $lte: long(2) }, [0, 1, 2, 9]),
  matches('$gt on strings', ['a', 'b', 'ba', 'c'], { $gt: 'b' }, [2, 3]),
  matches('$gte of the empty string is every string', ['', 'a', int(1), null], { $gte: '' }, [0, 1]),
  matches('$gt on dates', [when(1), when(2), int(3)], { $gt: when(1) }, [1]),
  matches('$gte of null is null or missing', [null, absent, int(0)], { $gte: null }, [0, 1]),
  matches('$lte of null is null or missing', [null, absent, int(0)], { $lte: null }, [0, 1]),
  matches('$gt of null is nothing', [null, absent, int(0)], { $gt: null }, []),
  matches('$lt leaves out NaN', [double(Number.NaN), int(1)], { $lt: int(5) }, [1]),
  matches('$gte NaN is only NaN', [double(Number.NaN), int(1)], { $gte: double(Number.NaN) }, [0]),
  matches('$gt on booleans', [false, true], { $gt: false }, [1]),
  matches('$gt on ObjectIds', [id('1'), id('2')], { $gt: id('1') }, [1]),
  matches(
    'two sides may be met by two elements',
    [[int(1), int(9)], [int(5)], int(5)],
    { $gt: int(4), $lt: int(6) },
    [0, 1, 2],
  ),
  matches('$in', mixed, { $in: [int(1), 'b', null] }, [0, 3, 4, 5, 9]),
  matches('$in of nothing', mixed, { $in: [] }, []),
  matches('$in with a regex', ['ab', 'b', 'c'], { $in: [new BSONRegExp('^a'), 'c'] }, [0, 2]),
  matches('$nin', mixed, { $nin: [int(1), 'b', null] }, [1, 2, 6, 7, 8, 10]),
  matches('$exists true takes null', [null, absent, int(1)], { $exists: true }, [0, 2]),
  matches('$exists false', [null, absent, int(1)], { $exists: false }, [1]),
  matches('$exists 0 is false', [null, absent], { $exists: int(0) }, [1]),
  matches('$type by name', mixed, { $type: 'string' }, [3]),
  matches('$type number', mixed, { $type: 'number' }, [0, 1, 2, 9]),
  matches('$type int', mixed, { $type: 'int' }, [0, 9]),
  matches('$type by number', mixed, { $type: int(18) }, [2]),
  matches('$type of several', mixed, { $type: ['objectId', 'bool', 'date'] }, [6, 7, 8]),
  matches('$type object', mixed, { $type: 'object' }, [10]),
  matches('$type array', mixed, { $type: 'array' }, [9]),
  matches('$type null leaves out missing', mixed, { $type: 'null' }, [4]),
  matches('$regex', ['Ann', 'bob', int(1), ['Al', 'x']], { $regex: '^A' }, [0, 3]),
  matches('$regex with option i', ['Ann', 'ann', 'b'], { $regex: '^a', $options: 'i' }, [0, 1]),
  matches('$regex with option m', ['x\na', 'a', 'b'], { $regex: '^a', $options: 'm' }, [0, 1]),
  matches('a regex as a value', ['Ann', 'bob'], new BSONRegExp('B', 'i'), [1]),
  matches('$not', mixed, { $not: { $gt: int(0) } }, [3, 4, 5, 6, 7, 8, 10]),
  matches('$not with a regex', ['a', 'b', absent], { $not: new BSONRegExp('a') }, [1, 2]),
  matches('$size', [[], [int(1)], [int(1), int(2)], int(1)], { $size: int(1) }, [1]),
  matches('$size 0', [[], [int(1)], absent], { $size: int(0) }, [0]),
  matches('$all', [[int(1), int(2), int(3)], [int(1)], int(1)], { $all: [int(1), int(2)] }, [0]),
  matches('$all on a scalar', [int(1), [int(1)], int(2)], { $all: [int(1)] }, [0, 1]),
  matches('$all of nothing', [int(1), []], { $all: [] }, []),
  matches(
    '$elemMatch on values',
    [[int(1), int(9)], [int(5)], int(5)],
    { $elemMatch: { $gt: int(4), $lt: int(6) } },
    [1],
  ),
  matches(
    '$elemMatch on documents',
    [[{ x: int(1), y: int(1) }], [{ x: int(1) }, { y: int(1) }]],
    { $elemMatch: { x: int(1), y: int(1) } },
    [0],
  ),
  matches('$mod', [int(4), int(5), double(6.5), 'x'], { $mod: [int(2), int(0)] }, [0, 2]),
  matches('several operators', [int(1), int(2), int(3)], { $gt: int(1), $ne: int(3) }, [1]),
  matches('strings sort by bytes', ['Z', 'a', '\u{10000}', '\uffff'], { $gt: '\uffff' }, [2]),
  matches(
    'a long beyond 2^53 is exact',
    [Long.fromString('9007199254740993'), Long.fromString('9007199254740992')],
    Long.fromString('9007199254740993'),
    [0],
  ),
  whole('a dotted path', nested, { 'a.b': int(1) }, [0, 1, 2, 6]),
  whole(
    'a dotted path against null',
    nested,
    { 'a.b': null },
    [3, 4, 5].filter((at) => at !== 3),
  ),
  whole(
    'a dotted path against null meets an element without it',
    [
      { _id: int(0), a: [{ b: int(1) }, { c: int(1) }] },
      { _id: int(1), a: [{ b: int(1) }] },
      { _id: int(2), a: [int(1)] },
    ],
    { 'a.b': null },
    [0],
  ),
  whole('a path by position', nested, { 'a.0.b': int(1) }, [1]),
  whole('two conditions may meet by two elements', nested, { 'a.b': int(1), 'a.c': int(2) }, [0, 1, 2]),
  whole('$elemMatch wants one element', nested, { a: { $elemMatch: { b: int(1), c: int(2) } } }, []),
  whole('a document equals in order', nested, { a: { b: int(1), c: int(2) } }, [0]),
  whole('$exists on a path', nested, { 'a.b': { $exists: true } }, [0, 1, 2, 6]),
  whole('$and', nested, { $and: [{ 'a.b': int(1) }, { 'a.c': int(9) }] }, [1]),
  whole('$or', nested, { $or: [{ a: int(7) }, { a: { $size: int(0) } }] }, [3, 5]),
  whole('$nor', nested, { $nor: [{ 'a.b': int(1) }, { a: { $exists: false } }] }, [3, 5]),
  whole(
    '$or within $and',
    nested,
    { $and: [{ $or: [{ _id: int(0) }, { _id: int(4) }] }, { a: { $exists: false } }] },
    [4],
  ),
  whole('$expr compares two fields', nested, { $expr: { $lt: ['$a.b', '$a.c'] }, _id: int(0) }, [0]),
  whole('$expr $eq with a literal', nested, { $expr: { $eq: ['$_id', int(5)] } }, [5]),
  whole('an empty query is all', nested, {}, [0, 1, 2, 3, 4, 5, 6]),
  whole('_id by $in', nested, { _id: { $in: [int(5), int(0), int(99)] } }, [0, 5]),
  refused('an unknown operator', { a: { $nearly: 1 } }, 2),
  refused('an unknown operator at the top', { $nearly: [] }, 2),
  refused('$in without an array', { a: { $in: 1 } }, 2),
  refused('$and without an array', { $and: {} }, 2),
  refused('$and of nothing', { $and: [] }, 2),
  refused('$not with a scalar', { a: { $not: 1 } }, 2),
  refused('a broken regex', { a: { $regex: '(' } }, 51091),
  refused('$type of an unknown name', { a: { $type: 'colour' } }, 2),
  refused('$in with an operator', { a: { $in: [{ $gt: 1 }] } }, 2),
  refused('$options alone', { a: { $options: 'i' } }, 2),
];

/** A document (null: none), an update, and the document after it, with its types. */
function updates(name: string, before: Document | null, u: Document, after: unknown): Case {
  return {
    name: `update: ${name}`,
    docs: before === null ? [] : [{ _id: int(0), ...before }],
    run: [
      { update: { updates: [{ q: { _id: int(0) }, u, upsert: before === null }] } },
      { find: { filter: {}, projection: { _id: 0 } } },
    ],
    expected: [after],
  };
}

function refusedUpdate(name: string, before: Document, u: Document, code: number): Case {
  return {
    name: `refused update: ${name}`,
    docs: [{ _id: int(0), ...before }],
    run: { update: { updates: [{ q: { _id: int(0) }, u }] } },
    code,
  };
}

const changes: Case[] = [
  updates('$set', { a: int(1) }, { $set: { a: 'x', b: null } }, { a: 'x', b: null }),
  updates('$set makes documents on the way', {}, { $set: { 'a.b.c': int(1) } }, { a: { b: { c: 'int:1' } } }),
  updates('$set at a position', { a: [int(1), int(2)] }, { $set: { 'a.1': 'x' } }, { a: ['int:1', 'x'] }),
  updates(
    '$set beyond the end fills with null',
    { a: [int(1)] },
    { $set: { 'a.3': int(4) } },
    { a: ['int:1', null, null, 'int:4'] },
  ),
  updates(
    'a field that is not named keeps its type',
    { i: int(1), d: double(1), l: long(1) },
    { $set: { x: true } },
    { i: 'int:1', d: 'double:1', l: 'long:1', x: true },
  ),
  updates(
    'bytes and ids stay',
    { b: new Binary(Buffer.from([1])), o: id('2') },
    { $set: { x: true } },
    { b: 'binary:01', o: `id:${'2'.repeat(24)}`, x: true },
  ),
  updates('$unset', { a: int(1), b: int(2) }, { $unset: { a: '' } }, { b: 'int:2' }),
  updates('$unset within', { a: { b: int(1), c: int(2) } }, { $unset: { 'a.b': 1 } }, { a: { c: 'int:2' } }),
  updates('$unset in an array leaves null', { a: [int(1), int(2)] }, { $unset: { 'a.0': 1 } }, { a: [null, 'int:2'] }),
  updates('$unset of what is not there', { a: int(1) }, { $unset: { 'x.y': 1 } }, { a: 'int:1' }),
  updates('$inc int by int', { a: int(1) }, { $inc: { a: int(2) } }, { a: 'int:3' }),
  updates('$inc int by long', { a: int(1) }, { $inc: { a: long(2) } }, { a: 'long:3' }),
  updates('$inc long by double', { a: long(1) }, { $inc: { a: double(0.5) } }, { a: 'double:1.5' }),
  updates('$inc over the end of int', { a: int(2147483647) }, { $inc: { a: int(1) } }, { a: 'long:2147483648' }),
  updates('$inc makes the field', {}, { $inc: { 'n.a': int(5) } }, { n: { a: 'int:5' } }),
  updates('$mul', { a: int(3) }, { $mul: { a: int(4) } }, { a: 'int:12' }),
  updates('$mul makes a zero', {}, { $mul: { a: int(4) } }, { a: 'int:0' }),
  updates('$max raises', { a: int(3) }, { $max: { a: int(4) } }, { a: 'int:4' }),
  updates('$max keeps', { a: int(3) }, { $max: { a: int(2) } }, { a: 'int:3' }),
  updates('$max makes the field', {}, { $max: { a: int(2) } }, { a: 'int:2' }),
  updates('$max between types', { a: int(3) }, { $max: { a: 'x' } }, { a: 'x' }),
  updates('$min lowers', { a: int(3) }, { $min: { a: double(2.5) } }, { a: 'double:2.5' }),
  updates('$min keeps', { a: int(3) }, { $min: { a: int(5) } }, { a: 'int:3' }),
  updates('$push', { a: [int(1)] }, { $push: { a: int(2) } }, { a: ['int:1', 'int:2'] }),
  updates('$push makes the array', {}, { $push: { a: int(2) } }, { a: ['int:2'] }),
  updates(
    '$push $each',
    { a: [int(1)] },
    { $push: { a: { $each: [int(2), int(3)] } } },
    { a: ['int:1', 'int:2', 'int:3'] },
  ),
  updates('$addToSet', { a: [int(1)] }, { $addToSet: { a: int(1) } }, { a: ['int:1'] }),
  updates(
    '$addToSet $each',
    { a: [int(1)] },
    { $addToSet: { a: { $each: [int(1), int(2), int(2)] } } },
    { a: ['int:1', 'int:2'] },
  ),
  updates('$pull by value', { a: [int(1), int(2), double(1)] }, { $pull: { a: int(1) } }, { a: ['int:2'] }),
  updates('$pull by condition', { a: [int(1), int(5)] }, { $pull: { a: { $gt: int(3) } } }, { a: ['int:1'] }),
  updates(
    '$pull by document',
    { a: [{ x: int(1), y: int(2) }, { x: int(2) }] },
    { $pull: { a: { x: int(1) } } },
    { a: [{ x: 'int:2' }] },
  ),
  updates('a replacement keeps _id', { a: int(1) }, { b: int(2) }, { b: 'int:2' }),
  updates(
    'several operators at once',
    { a: int(1) },
    { $inc: { a: int(1) }, $set: { b: 'x' }, $unset: { c: 1 } },
    { a: 'int:2', b: 'x' },
  ),
  updates('$setOnInsert is nothing on an update', { a: int(1) }, { $setOnInsert: { b: int(1) } }, { a: 'int:1' }),
  updates(
    '$setOnInsert on an upsert',
    null,
    { $setOnInsert: { b: int(1) }, $set: { a: int(2) } },
    { a: 'int:2', b: 'int:1' },
  ),
  updates('an upsert with $max', null, { $max: { head: int(7) } }, { head: 'int:7' }),
  updates('an upsert by replacement', null, { a: int(1) }, { a: 'int:1' }),
  refusedUpdate('_id', {}, { $set: { _id: int(5) } }, 66),
  refusedUpdate('_id by replacement', {}, { _id: int(5) }, 66),
  refusedUpdate('two operators on one path', {}, { $set: { a: 1 }, $inc: { a: 1 } }, 40),
  refusedUpdate('a path and its parent', {}, { $set: { a: 1 }, $inc: { 'a.b': 1 } }, 40),
  refusedUpdate('an unknown operator', {}, { $sett: { a: 1 } }, 9),
  refusedUpdate('$inc by a string', {}, { $inc: { a: 'x' } }, 14),
  refusedUpdate('$inc of a string', { a: 'x' }, { $inc: { a: int(1) } }, 14),
  refusedUpdate('$push onto a scalar', { a: int(1) }, { $push: { a: int(1) } }, 2),
  refusedUpdate('a path through a scalar', { a: int(1) }, { $set: { 'a.b': 1 } }, 28),
  refusedUpdate('an operator without fields', {}, { $set: 5 }, 9),
];

const three = [
  { _id: int(0), g: 'a', n: int(3) },
  { _id: int(1), g: 'b', n: int(1) },
  { _id: int(2), g: 'a', n: int(2) },
];
const ids = (...list: number[]) => list.map((n) => ({ _id: `int:${n}` }));
const only = { projection: { _id: 1 } };
const unique = (key: Document, more: Document = {}) => [{ key, name: 'u', unique: true, ...more }];

const waiting = [{ key: { t: 1, _id: 1 }, name: 'waiting', partialFilterExpression: { t: { $exists: true } } }];
const batches: Document[] = [
  { _id: int(0), t: ['x'] },
  { _id: int(1), t: ['y', 'x'] },
  { _id: int(2), t: [] },
  { _id: int(3) },
  { _id: int(4), t: ['x'] },
];

const commands: Case[] = [
  { name: 'find: sort ascending', docs: three, run: { find: { sort: { n: 1 }, ...only } }, expected: ids(1, 2, 0) },
  { name: 'find: sort by two', docs: three, run: { find: { sort: { g: 1, n: -1 }, ...only } }, expected: ids(0, 2, 1) },
  {
    name: 'find: skip and limit',
    docs: three,
    run: { find: { sort: { n: 1 }, skip: 1, limit: 1, ...only } },
    expected: ids(2),
  },
  {
    name: 'find: a negative limit is one batch',
    docs: three,
    run: { find: { sort: { n: 1 }, limit: 2, singleBatch: true, ...only } },
    expected: ids(1, 2),
  },
  { name: 'find: in a missing collection', docs: [], run: { find: { filter: {} } }, expected: [] },
  {
    name: 'find: projection by inclusion',
    docs: three,
    run: { find: { filter: { _id: int(1) }, projection: { g: 1 } } },
    expected: [{ _id: 'int:1', g: 'b' }],
  },
  {
    name: 'find: projection by exclusion',
    docs: three,
    run: { find: { filter: { _id: int(1) }, projection: { g: 0 } } },
    expected: [{ _id: 'int:1', n: 'int:1' }],
  },
  {
    name: 'find: projection of nested fields',
    docs: [{ _id: int(0), a: { b: int(1), c: int(2) } }],
    run: { find: { projection: { 'a.b': 1, _id: 0 } } },
    expected: [{ a: { b: 'int:1' } }],
  },
  {
    name: 'find: a sort that mixes types',
    docs: [true, 'x', int(1), null, when(1), id('1')].map((v, at) => ({ _id: int(at), v })),
    run: { find: { sort: { v: 1 }, ...only } },
    expected: ids(3, 2, 1, 5, 0, 4),
  },
  {
    name: 'find: arrays sort by their smallest element',
    docs: [
      { _id: int(0), v: [int(5), int(1)] },
      { _id: int(1), v: int(2) },
    ],
    run: { find: { sort: { v: 1 }, ...only } },
    expected: ids(0, 1),
  },
  {
    name: 'find: arrays sort descending by their largest element',
    docs: [
      { _id: int(0), v: [int(5), int(1)] },
      { _id: int(1), v: int(2) },
    ],
    run: { find: { sort: { v: -1 }, ...only } },
    expected: ids(0, 1),
  },
  {
    name: 'refused find: inclusion with exclusion',
    docs: three,
    run: { find: { projection: { g: 1, n: 0 } } },
    code: 31254,
  },
  { name: 'refused find: an unknown option', docs: three, run: { find: { colour: 1 } }, code: 40415 },
  { name: 'refused find: a filter that is no document', docs: three, run: { find: { filter: 5 } }, code: 14 },
  { name: 'refused find: a hint without an index', docs: three, run: { find: { hint: 'nix' } }, code: 2 },
  { name: 'count: all', docs: three, run: { count: {} }, expected: 3 },
  { name: 'count: a query', docs: three, run: { count: { query: { g: 'a' } } }, expected: 2 },
  {
    name: 'count: by an index',
    docs: three,
    indexes: [{ key: { n: 1 }, name: 'n' }],
    run: { count: { query: { n: { $gt: int(1) } } } },
    expected: 2,
  },
  {
    name: 'count: by a descending index',
    docs: three,
    indexes: [{ key: { n: -1 }, name: 'n' }],
    run: { count: { query: { n: { $gte: int(2), $lt: int(3) } } } },
    expected: 1,
  },
  { name: 'count: with a limit', docs: three, run: { count: { query: {}, limit: 2 } }, expected: 2 },
  { name: 'distinct', docs: three, run: { distinct: { key: 'g' } }, expected: ['a', 'b'] },
  {
    name: 'distinct of arrays',
    docs: [{ t: [int(1), int(2)] }, { t: int(2) }],
    run: { distinct: { key: 't' } },
    expected: ['int:1', 'int:2'],
  },
  {
    name: 'update: many',
    docs: three,
    run: { update: { updates: [{ q: { g: 'a' }, u: { $set: { x: 1 } }, multi: true }] } },
    expected: [2, 2, 0],
  },
  {
    name: 'update: one of many',
    docs: three,
    run: { update: { updates: [{ q: { g: 'a' }, u: { $set: { x: 1 } } }] } },
    expected: [1, 1, 0],
  },
  {
    name: 'update: an update without a change is not counted as modified',
    docs: three,
    run: { update: { updates: [{ q: { _id: int(0) }, u: { $set: { g: 'a' } } }] } },
    expected: [1, 0, 0],
  },
  {
    name: 'update: an upsert is counted',
    docs: [],
    run: { update: { updates: [{ q: { _id: int(0) }, u: { $set: { a: 1 } }, upsert: true }] } },
    expected: [1, 0, 1],
  },
  {
    name: 'update: an upsert takes the equalities of the query',
    docs: [],
    run: [
      {
        update: {
          updates: [
            {
              q: { _id: int(1), 'a.b': 'x', n: { $gt: int(3) }, $and: [{ c: { $eq: 'y' } }] },
              u: { $set: { d: 'z' } },
              upsert: true,
            },
          ],
        },
      },
      { find: {} },
    ],
    expected: [{ _id: 'int:1', a: { b: 'x' }, c: 'y', d: 'z' }],
  },
  {
    name: 'update: without a match',
    docs: three,
    run: { update: { updates: [{ q: { _id: int(9) }, u: { $set: { a: 1 } } }] } },
    expected: [0, 0, 0],
  },
  {
    name: 'update: several statements',
    docs: three,
    run: {
      update: {
        updates: [
          { q: { _id: int(0) }, u: { $inc: { n: int(1) } } },
          { q: { _id: int(0) }, u: { $inc: { n: int(1) } } },
        ],
      },
    },
    expected: [2, 2, 0],
  },
  {
    name: 'refused update: an unknown field of a statement',
    docs: three,
    run: { update: { updates: [{ q: {}, u: { $set: { a: 1 } }, often: true }] } },
    code: 40415,
  },
  { name: 'delete: one', docs: three, run: { delete: { deletes: [{ q: { g: 'a' }, limit: 1 }] } }, expected: 1 },
  {
    name: 'delete: all matches',
    docs: three,
    run: { delete: { deletes: [{ q: { g: 'a' }, limit: 0 }] } },
    expected: 2,
  },
  {
    name: 'delete: frees a unique value',
    docs: three,
    indexes: unique({ n: 1 }),
    run: [{ delete: { deletes: [{ q: { _id: int(0) }, limit: 1 }] } }, { insert: { documents: [{ n: int(3) }] } }],
    expected: 1,
  },
  {
    name: 'findAndModify: the document before',
    docs: three,
    run: { findAndModify: { query: { _id: int(0) }, update: { $set: { g: 'z' } }, fields: { g: 1, _id: 0 } } },
    expected: { g: 'a' },
  },
  {
    name: 'findAndModify: the document after',
    docs: three,
    run: { findAndModify: { query: { _id: int(0) }, update: { $inc: { n: int(1) } }, new: true } },
    expected: { _id: 'int:0', g: 'a', n: 'int:4' },
  },
  {
    name: 'findAndModify: by sort',
    docs: three,
    run: { findAndModify: { query: {}, sort: { n: 1 }, remove: true } },
    expected: { _id: 'int:1', g: 'b', n: 'int:1' },
  },
  {
    name: 'findAndModify: the first by sort of those that match either condition, changed by two operators',
    docs: three,
    run: {
      findAndModify: {
        query: { $or: [{ n: { $lte: int(2) } }, { n: { $gt: int(100) } }] },
        sort: { n: 1 },
        update: { $set: { g: 'z' }, $inc: { n: int(1) } },
        new: true,
      },
    },
    expected: { _id: 'int:1', g: 'z', n: 'int:2' },
  },
  {
    name: 'findAndModify: nothing found',
    docs: three,
    run: { findAndModify: { query: { _id: int(9) }, update: { $set: { a: 1 } } } },
    expected: null,
  },
  {
    name: 'findAndModify: upsert',
    docs: [],
    run: { findAndModify: { query: { _id: int(9) }, update: { $set: { a: 'x' } }, upsert: true, new: true } },
    expected: { _id: 'int:9', a: 'x' },
  },
  {
    name: 'refused findAndModify: update and remove',
    docs: three,
    run: { findAndModify: { query: {}, update: { $set: { a: 1 } }, remove: true } },
    code: 9,
  },
  { name: 'unique: a second _id', docs: three, run: { insert: { documents: [{ _id: int(0) }] } }, code: 11000 },
  {
    name: 'unique: _id in another number type',
    docs: three,
    run: { insert: { documents: [{ _id: double(0) }] } },
    code: 11000,
  },
  {
    name: 'unique: a second value',
    docs: three,
    indexes: unique({ n: 1 }),
    run: { insert: { documents: [{ n: double(3) }] } },
    code: 11000,
  },
  {
    name: 'unique: compound',
    docs: three,
    indexes: unique({ g: 1, n: -1 }),
    run: { insert: { documents: [{ g: 'a', n: int(1) }] } },
    expected: 1,
  },
  {
    name: 'unique: compound, with a duplicate',
    docs: three,
    indexes: unique({ g: 1, n: -1 }),
    run: { insert: { documents: [{ g: 'a', n: int(3) }] } },
    code: 11000,
  },
  {
    name: 'unique: a missing field counts as a value',
    docs: [{ a: 1 }],
    indexes: unique({ n: 1 }),
    run: { insert: { documents: [{ a: 2 }] } },
    code: 11000,
  },
  {
    name: 'unique: a sparse index leaves out missing fields',
    docs: [{ a: 1 }],
    indexes: unique({ n: 1 }, { sparse: true }),
    run: { insert: { documents: [{ a: 2 }] } },
    expected: 1,
  },
  {
    name: 'unique: a partial index leaves out other documents',
    docs: [{ n: int(1), x: false }],
    indexes: unique({ n: 1 }, { partialFilterExpression: { x: true } }),
    run: { insert: { documents: [{ n: int(1), x: false }] } },
    expected: 1,
  },
  {
    name: 'unique: a partial index covers its own documents',
    docs: [{ n: int(1), x: true }],
    indexes: unique({ n: 1 }, { partialFilterExpression: { x: true } }),
    run: { insert: { documents: [{ n: int(1), x: true }] } },
    code: 11000,
  },
  {
    name: 'unique: an update into a partial index',
    docs: [
      { _id: int(0), n: int(1), x: true },
      { _id: int(1), n: int(1) },
    ],
    indexes: unique({ n: 1 }, { partialFilterExpression: { x: true } }),
    run: { update: { updates: [{ q: { _id: int(1) }, u: { $set: { x: true } } }] } },
    code: 11000,
  },
  {
    name: 'unique: a multikey index covers each element',
    docs: [{ t: [int(1), int(2)] }],
    indexes: unique({ t: 1 }),
    run: { insert: { documents: [{ t: int(2) }] } },
    code: 11000,
  },
  {
    name: 'unique: one document may repeat an element',
    docs: [],
    indexes: unique({ t: 1 }),
    run: { insert: { documents: [{ t: [int(1), int(1)] }] } },
    expected: 1,
  },
  {
    name: 'unique: an update to a value of another document',
    docs: three,
    indexes: unique({ n: 1 }),
    run: { update: { updates: [{ q: { _id: int(0) }, u: { $set: { n: int(1) } } }] } },
    code: 11000,
  },
  {
    name: 'unique: findAndModify to a value of another document',
    docs: three,
    indexes: unique({ n: 1 }),
    run: { findAndModify: { query: { _id: int(0) }, update: { $set: { n: int(1) } } } },
    code: 11000,
  },
  {
    name: 'unique: creating an index over duplicates',
    docs: three,
    run: { createIndexes: { indexes: unique({ g: 1 }) } },
    code: 11000,
  },
  {
    name: 'unique: long strings that differ at their end',
    docs: [{ s: `${'x'.repeat(3000)}1` }],
    indexes: unique({ s: 1 }),
    run: { insert: { documents: [{ s: `${'x'.repeat(3000)}2` }] } },
    expected: 1,
  },
  {
    name: 'unique: long strings that are equal',
    docs: [{ s: 'x'.repeat(3000) }],
    indexes: unique({ s: 1 }),
    run: { insert: { documents: [{ s: 'x'.repeat(3000) }] } },
    code: 11000,
  },
  {
    name: 'insert: ordered ends at the first error',
    docs: three,
    run: [{ insert: { documents: [{ _id: int(5) }, { _id: int(0) }, { _id: int(6) }] } }],
    code: 11000,
  },
  { name: 'refused insert: an array as _id', docs: [], run: { insert: { documents: [{ _id: [int(1)] }] } }, code: 53 },
  {
    name: 'refused index: parallel arrays',
    docs: [],
    indexes: [{ key: { a: 1, b: 1 }, name: 'ab' }],
    run: { insert: { documents: [{ a: [1], b: [1] }] } },
    code: 171,
  },
  {
    name: 'refused index: an unknown option',
    docs: [],
    run: { createIndexes: { indexes: [{ key: { a: 1 }, name: 't', unknown: 1 }] } },
    code: 197,
  },
  {
    name: 'refused index: the same name for another key',
    docs: [],
    indexes: [{ key: { a: 1 }, name: 'x' }],
    run: { createIndexes: { indexes: [{ key: { b: 1 }, name: 'x' }] } },
    code: 86,
  },
  {
    name: 'refused index: the same key under another name',
    docs: [],
    indexes: [{ key: { a: 1 }, name: 'x' }],
    run: { createIndexes: { indexes: [{ key: { a: 1 }, name: 'y' }] } },
    code: 85,
  },
  {
    name: 'index: creating the same index again changes nothing',
    docs: [],
    indexes: [{ key: { a: 1 }, name: 'x' }],
    run: { createIndexes: { indexes: [{ key: { a: 1 }, name: 'x' }] } },
    expected: 0,
  },
  { name: 'refused dropIndexes: a missing index', docs: three, run: { dropIndexes: { index: 'nix' } }, code: 27 },
  { name: 'refused create: a second time', docs: three, run: { create: {} }, code: 48 },
  {
    name: 'partial index over arrays: by an element, sorted by the next field',
    indexes: waiting,
    docs: batches,
    run: { find: { filter: { t: 'x', _id: { $gt: int(0) } }, sort: { _id: 1 }, limit: 2, hint: 'waiting' } },
    expected: [
      { _id: 'int:1', t: ['y', 'x'] },
      { _id: 'int:4', t: ['x'] },
    ],
  },
  {
    name: 'partial index over arrays: empty ones',
    indexes: waiting,
    docs: batches,
    run: { find: { filter: { t: { $exists: true, $size: 0 } }, projection: { _id: 1 }, hint: 'waiting' } },
    expected: [{ _id: 'int:2' }],
  },
  {
    name: 'partial index over arrays: after an element was pulled',
    indexes: waiting,
    docs: batches,
    run: [
      { update: { updates: [{ q: { _id: { $in: [int(0), int(1)] } }, u: { $pull: { t: 'x' } }, multi: true }] } },
      { find: { filter: { t: 'x' }, projection: { _id: 1 }, hint: 'waiting' } },
    ],
    expected: [{ _id: 'int:4' }],
  },
  {
    name: 'update: unset where a field is in a range',
    docs: [{ _id: int(0), t: int(5) }, { _id: int(1) }],
    run: [
      {
        update: {
          updates: [
            { q: { _id: int(0), t: { $gt: int(0) } }, u: { $unset: { t: 1 } } },
            { q: { _id: int(1), t: { $gt: int(0) } }, u: { $unset: { t: 1 } } },
          ],
        },
      },
      { find: { filter: { _id: { $gt: int(-1) }, t: { $exists: false } }, sort: { _id: 1 }, limit: 5 } },
    ],
    expected: [{ _id: 'int:0' }, { _id: 'int:1' }],
  },
  {
    name: 'update: a mark where a field is in a range, and unset where there is no mark',
    docs: [
      { _id: int(0), t: int(5) },
      { _id: int(1), t: int(9) },
    ],
    run: [
      {
        update: {
          updates: [
            { q: { _id: int(0), t: { $gt: int(0), $lte: int(5) } }, u: { $set: { m: true } } },
            { q: { _id: int(1), t: { $gt: int(0), $lte: int(5) } }, u: { $set: { m: true } } },
            { q: { _id: int(0), t: { $gt: int(0) }, m: { $ne: true } }, u: { $unset: { t: 1 } } },
            { q: { _id: int(1), t: { $gt: int(0) }, m: { $ne: true } }, u: { $unset: { t: 1 } } },
          ],
        },
      },
      { find: { sort: { _id: 1 } } },
    ],
    expected: [{ _id: 'int:0', t: 'int:5', m: true }, { _id: 'int:1' }],
  },
  {
    name: 'find: the due ones through a partial index',
    indexes: [{ key: { t: 1 }, name: 'deleted', partialFilterExpression: { t: { $gt: int(0) } } }],
    docs: [{ _id: int(0), t: int(5) }, { _id: int(1) }, { _id: int(2), t: int(7) }],
    run: { find: { filter: { t: { $gt: int(0), $lte: int(5) } } } },
    expected: [{ _id: 'int:0', t: 'int:5' }],
  },
  {
    name: 'aggregate: match, sort, skip, limit',
    docs: three,
    run: {
      aggregate: {
        pipeline: [{ $match: { g: 'a' } }, { $sort: { n: 1 } }, { $skip: 1 }, { $limit: 1 }, { $project: { _id: 1 } }],
        cursor: {},
      },
    },
    expected: ids(0),
  },
  {
    name: 'aggregate: count',
    docs: three,
    run: { aggregate: { pipeline: [{ $match: { g: 'a' } }, { $count: 'n' }], cursor: {} } },
    expected: [{ n: 'int:2' }],
  },
  {
    name: 'aggregate: count of no document is no document',
    docs: three,
    run: { aggregate: { pipeline: [{ $match: { g: 'q' } }, { $count: 'n' }], cursor: {} } },
    expected: [],
  },
  {
    name: 'aggregate: group and sum',
    docs: three,
    run: { aggregate: { pipeline: [{ $group: { _id: '$g', n: { $sum: '$n' } } }, { $sort: { _id: 1 } }], cursor: {} } },
    expected: [
      { _id: 'a', n: 'int:5' },
      { _id: 'b', n: 'int:1' },
    ],
  },
  {
    name: 'aggregate: unwind',
    docs: [
      { _id: int(0), t: [int(1), int(2)] },
      { _id: int(1), t: [] },
    ],
    run: { aggregate: { pipeline: [{ $unwind: '$t' }], cursor: {} } },
    expected: [
      { _id: 'int:0', t: 'int:1' },
      { _id: 'int:0', t: 'int:2' },
    ],
  },
  {
    name: 'refused aggregate: an unknown stage',
    docs: three,
    run: { aggregate: { pipeline: [{ $sparkle: {} }], cursor: {} } },
    code: 40324,
  },
  {
    name: 'refused aggregate: a stage with two operators',
    docs: three,
    run: { aggregate: { pipeline: [{ $match: {}, $limit: 1 }], cursor: {} } },
    code: 40323,
  },
  { name: 'refused: an unknown command', docs: [], run: { sparkle: {} }, code: 59 },
  { name: 'drop: a missing collection', docs: [], run: { drop: {} }, expected: 0, codeBefore7: 26 },
];

export const cases: Case[] = [...queries, ...changes, ...commands];
