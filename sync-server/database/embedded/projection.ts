import { CommandError } from './errors.ts';
import { define } from './paths.ts';
import { type Doc, isDoc } from './doc.ts';
import { isNumber, isTruthy } from './value-types.ts';

/** Compiles a projection of inclusions or exclusions. Throws for every operator. */
export function compileProjection(spec: Doc): (doc: Doc) => Doc {
  const entries = Object.entries(spec);
  if (entries.length === 0) return (doc) => doc;
  for (const [path, value] of entries) {
    if (path.includes('$') || !(typeof value === 'boolean' || isNumber(value))) {
      throw new CommandError(
        'NotImplemented',
        `a projection of '${path}' by an expression is outside the scope of the embedded database`,
      );
    }
  }
  const others = entries.filter(([path]) => path !== '_id');
  const including = others.length > 0 ? isTruthy(others[0]?.[1]) : isTruthy(spec['_id']);
  if (others.some(([, value]) => isTruthy(value) !== including))
    throw new CommandError('Location31254', 'Cannot mix inclusion and exclusion in a projection');
  const withId = Object.hasOwn(spec, '_id') ? isTruthy(spec['_id']) : true;
  const tree = treeOf(others.map(([path]) => path));
  if (including) {
    if (withId) tree.set('_id', null);
    return (doc) => include(doc, tree);
  }
  if (!withId) tree.set('_id', null);
  return (doc) => exclude(doc, tree);
}

type Tree = Map<string, Tree | null>;

function treeOf(paths: string[]): Tree {
  const tree: Tree = new Map();
  for (const path of paths) {
    let place = tree;
    const parts = path.split('.');
    parts.forEach((part, at) => {
      if (at === parts.length - 1) place.set(part, null);
      else {
        let next = place.get(part);
        if (next === undefined || next === null) place.set(part, (next = new Map()));
        place = next;
      }
    });
  }
  return tree;
}

function include(doc: Doc, tree: Tree): Doc {
  const out: Doc = {};
  for (const [key, value] of Object.entries(doc)) {
    const below = tree.get(key);
    if (below === null) define(out, key, value);
    else if (below !== undefined) {
      const kept = within(value, (item) => include(item, below), true);
      if (kept !== undefined) define(out, key, kept);
    }
  }
  return out;
}

function exclude(doc: Doc, tree: Tree): Doc {
  const out: Doc = {};
  for (const [key, value] of Object.entries(doc)) {
    const below = tree.get(key);
    if (below === undefined) define(out, key, value);
    else if (below !== null)
      define(
        out,
        key,
        within(value, (item) => exclude(item, below), false),
      );
  }
  return out;
}

function within(value: unknown, change: (doc: Doc) => Doc, dropsOthers: boolean): unknown {
  if (isDoc(value)) return change(value);
  if (!Array.isArray(value)) return dropsOthers ? undefined : value;
  return value
    .filter((item) => !dropsOthers || isDoc(item) || Array.isArray(item))
    .map((item: unknown) => within(item, change, dropsOthers));
}
