import { Binary, type Document } from 'mongodb';
import { type Case, int, double, long, id } from './semantics-case.fixture.ts';

/** A document (null: none), an update, and the document after it, with its types. */
function update(name: string, before: Document | null, u: Document, after: unknown): Case {
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

export const updates: Case[] = [
  update('$set', { a: int(1) }, { $set: { a: 'x', b: null } }, { a: 'x', b: null }),
  update('$set makes documents on the way', {}, { $set: { 'a.b.c': int(1) } }, { a: { b: { c: 'int:1' } } }),
  update('$set at a position', { a: [int(1), int(2)] }, { $set: { 'a.1': 'x' } }, { a: ['int:1', 'x'] }),
  update(
    '$set beyond the end fills with null',
    { a: [int(1)] },
    { $set: { 'a.3': int(4) } },
    { a: ['int:1', null, null, 'int:4'] },
  ),
  update(
    'a field that is not named keeps its type',
    { i: int(1), d: double(1), l: long(1) },
    { $set: { x: true } },
    { i: 'int:1', d: 'double:1', l: 'long:1', x: true },
  ),
  update(
    'bytes and ids stay',
    { b: new Binary(Buffer.from([1])), o: id('2') },
    { $set: { x: true } },
    { b: 'binary:01', o: `id:${'2'.repeat(24)}`, x: true },
  ),
  update('$unset', { a: int(1), b: int(2) }, { $unset: { a: '' } }, { b: 'int:2' }),
  update('$unset within', { a: { b: int(1), c: int(2) } }, { $unset: { 'a.b': 1 } }, { a: { c: 'int:2' } }),
  update('$unset in an array leaves null', { a: [int(1), int(2)] }, { $unset: { 'a.0': 1 } }, { a: [null, 'int:2'] }),
  update('$unset of what is not there', { a: int(1) }, { $unset: { 'x.y': 1 } }, { a: 'int:1' }),
  update('$inc int by int', { a: int(1) }, { $inc: { a: int(2) } }, { a: 'int:3' }),
  update('$inc int by long', { a: int(1) }, { $inc: { a: long(2) } }, { a: 'long:3' }),
  update('$inc long by double', { a: long(1) }, { $inc: { a: double(0.5) } }, { a: 'double:1.5' }),
  update('$inc over the end of int', { a: int(2147483647) }, { $inc: { a: int(1) } }, { a: 'long:2147483648' }),
  update('$inc makes the field', {}, { $inc: { 'n.a': int(5) } }, { n: { a: 'int:5' } }),
  update('$mul', { a: int(3) }, { $mul: { a: int(4) } }, { a: 'int:12' }),
  update('$mul makes a zero', {}, { $mul: { a: int(4) } }, { a: 'int:0' }),
  update('$max raises', { a: int(3) }, { $max: { a: int(4) } }, { a: 'int:4' }),
  update('$max keeps', { a: int(3) }, { $max: { a: int(2) } }, { a: 'int:3' }),
  update('$max makes the field', {}, { $max: { a: int(2) } }, { a: 'int:2' }),
  update('$max between types', { a: int(3) }, { $max: { a: 'x' } }, { a: 'x' }),
  update('$min lowers', { a: int(3) }, { $min: { a: double(2.5) } }, { a: 'double:2.5' }),
  update('$min keeps', { a: int(3) }, { $min: { a: int(5) } }, { a: 'int:3' }),
  update('$push', { a: [int(1)] }, { $push: { a: int(2) } }, { a: ['int:1', 'int:2'] }),
  update('$push makes the array', {}, { $push: { a: int(2) } }, { a: ['int:2'] }),
  update(
    '$push $each',
    { a: [int(1)] },
    { $push: { a: { $each: [int(2), int(3)] } } },
    { a: ['int:1', 'int:2', 'int:3'] },
  ),
  update('$addToSet', { a: [int(1)] }, { $addToSet: { a: int(1) } }, { a: ['int:1'] }),
  update(
    '$addToSet $each',
    { a: [int(1)] },
    { $addToSet: { a: { $each: [int(1), int(2), int(2)] } } },
    { a: ['int:1', 'int:2'] },
  ),
  update('$pull by value', { a: [int(1), int(2), double(1)] }, { $pull: { a: int(1) } }, { a: ['int:2'] }),
  update('$pull by condition', { a: [int(1), int(5)] }, { $pull: { a: { $gt: int(3) } } }, { a: ['int:1'] }),
  update(
    '$pull by document',
    { a: [{ x: int(1), y: int(2) }, { x: int(2) }] },
    { $pull: { a: { x: int(1) } } },
    { a: [{ x: 'int:2' }] },
  ),
  update('a replacement keeps _id', { a: int(1) }, { b: int(2) }, { b: 'int:2' }),
  update(
    'several operators at once',
    { a: int(1) },
    { $inc: { a: int(1) }, $set: { b: 'x' }, $unset: { c: 1 } },
    { a: 'int:2', b: 'x' },
  ),
  update('$setOnInsert is nothing on an update', { a: int(1) }, { $setOnInsert: { b: int(1) } }, { a: 'int:1' }),
  update(
    '$setOnInsert on an upsert',
    null,
    { $setOnInsert: { b: int(1) }, $set: { a: int(2) } },
    { a: 'int:2', b: 'int:1' },
  ),
  update('an upsert with $max', null, { $max: { head: int(7) } }, { head: 'int:7' }),
  update('an upsert by replacement', null, { a: int(1) }, { a: 'int:1' }),
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
