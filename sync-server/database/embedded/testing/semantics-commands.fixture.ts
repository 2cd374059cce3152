import { type Case, int, id, when, three, ids, only } from './semantics-case.fixture.ts';

export const commands: Case[] = [
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
  {
    name: 'insert: ordered ends at the first error',
    docs: three,
    run: [{ insert: { documents: [{ _id: int(5) }, { _id: int(0) }, { _id: int(6) }] } }],
    code: 11000,
  },
  { name: 'refused insert: an array as _id', docs: [], run: { insert: { documents: [{ _id: [int(1)] }] } }, code: 53 },
  { name: 'refused create: a second time', docs: three, run: { create: {} }, code: 48 },
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
